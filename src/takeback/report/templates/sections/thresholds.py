"""Where the decisions are cut, and what other cuts would earn."""

from collections.abc import Mapping
from typing import Any

from takeback.report.group_chart import surface


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the picture of profit over both thresholds, the best point within the capacity, and the thresholds."""
    chosen = metrics["candidates"][metrics["choice"]["champion"]]["thresholds"]
    busy = metrics["policy"]["max_referral_rate"]
    possible = [row for row in metrics["surface"] if row["referral_rate"] <= busy]
    best = max(possible, key=lambda row: row["profit_per_application"], default=None)
    return {
        "surface": surface(metrics["surface"], chosen, busy) if metrics["surface"] else None,
        "best": best,
        "chosen": chosen,
    }
