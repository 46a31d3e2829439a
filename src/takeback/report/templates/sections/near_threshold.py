"""Who sits so close to a threshold that a little less luck would have decided otherwise."""

from collections.abc import Mapping
from typing import Any

ENDS = ("approve_below", "decline_from")


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return for each attribute and group the share near each threshold and the share whose decision may flip."""
    near = metrics["near_threshold"]
    places = [near["thresholds"][end]["groups"] for end in ENDS] + [near["flips"]["groups"]]
    groups = {
        attribute: {
            group: [place.get(attribute, {}).get(group, {}).get("share") for place in places]
            for group in audit["groups"]
        }
        for attribute, audit in metrics["fairness"].items()
    }
    return {"groups": groups, "most": _most(groups, near["flips"]["share"] or 0)}


def _most(groups: Mapping[str, Mapping[str, list[float | None]]], overall: float) -> tuple[str, str, float] | None:
    """Return attribute, group and share of the group that flips most, if it does so more than everybody."""
    flips = [(row[-1] or 0, name, group) for name, rows in groups.items() for group, row in rows.items()]
    share, name, group = max(flips, default=(0, "", ""))
    return (name, group, share) if share > overall else None
