"""What applicants who are not approved are told."""

from collections.abc import Mapping
from typing import Any

from takeback.report import charts
from takeback.report.words import percent


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return how often each reason is given, as a picture."""
    rows = [
        {
            "name": row["words"],
            "value": row["any"],
            "words": f"{percent(row['any'], 0)}, first {percent(row['first'], 0)}",
        }
        for row in metrics["reasons"]["frequency"]
    ]
    return {"frequency": charts.bars("reasons", "Reasons", rows) if rows else None}
