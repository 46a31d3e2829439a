"""Groups of two protected attributes at once: where two small gaps can add up."""

from collections.abc import Mapping
from typing import Any

LEAST, SHOWN = 100, 10  # people in a group and in its reference for a ratio to mean something; how many to show


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the groups with the lowest approval ratios, and how many there are and are too small."""
    rows = []
    for attribute, audit in metrics["intersections"].items():
        reference = audit["groups"].get(audit["reference"], {"count": 0})
        for group, row in audit["groups"].items():
            if group != audit["reference"]:
                size = min(row["count"] or 0, reference["count"] or 0)
                rows.append(
                    {**row, "attribute": attribute, "group": group, "reference": audit["reference"], "size": size}
                )
    judged = [row for row in rows if row["size"] >= LEAST and row["approval_ratio"] is not None]
    worst = sorted(judged, key=lambda row: row["approval_ratio"])[:SHOWN]
    return {"worst": worst, "count": len(rows), "judged": len(judged), "least": LEAST}
