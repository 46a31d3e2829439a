"""What each candidate would do to the business, beside today's rule."""

from collections.abc import Iterator, Mapping
from typing import Any

RULE = "rule"
MEASURES = ("approve_rate", "refer_rate", "decline_rate", "bad_rate_among_approved", "profit_per_application")


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row per candidate, the rule first, and what each earns more or less than the rule."""
    names = sorted(metrics["candidates"], key=lambda name: (name != RULE, name != metrics["choice"]["champion"]))
    rows = {name: dict(_measured(metrics["candidates"][name])) for name in names}
    gains = {name: {**gain, "sure": _sure(gain)} for name in names if (gain := metrics["candidates"][name]["gain"])}
    busy = metrics["policy"]["max_referral_rate"]
    over = (rows[RULE]["refer_rate"]["value"] or 0) > busy
    return {"rows": rows, "gains": gains, "rule_over_capacity": over}


def _measured(candidate: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in MEASURES:
        value = candidate["performance"]["decision"][name]
        yield name, {"value": value, "interval": candidate["intervals"].get(f"decision.{name}")}


def _sure(gain: Mapping[str, Any]) -> bool:
    """Say whether the interval leaves out 0."""
    low, high = gain["interval"] or (0, 0)
    return low > 0 or high < 0
