"""Whether a PD of 20% comes true for 20%, for everybody and within each group."""

from collections.abc import Mapping
from typing import Any

from takeback.report import charts
from takeback.report.group_chart import GAP, by_group
from takeback.report.people_sections import marked

MEASURE, CRITERION = "calibration_gap", "max_group_calibration_gap"


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of bins and of groups, the rows of the second, and the gate's limit."""
    rows, limit = marked(metrics, MEASURE, CRITERION)
    scale = GAP._replace(limits=() if limit is None else (-limit, limit))
    candidate = metrics["candidates"][metrics["choice"]["champion"]]
    words = f"Mean PD minus bad rate of {len(rows)} groups."
    return {
        "bins": charts.calibration(candidate["calibration"]) if candidate["calibration"] else None,
        "groups": by_group("calibration-groups", words, rows, scale) if rows else None,
        "limit": limit,
        "missed": [row for row in rows if row["verdict"] == "fail"],
        "probability": candidate["performance"]["probability"],
        "intervals": candidate["intervals"],
    }
