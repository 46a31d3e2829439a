"""What applicants who are not approved are told."""

from collections.abc import Mapping
from typing import Any

from takeback.report import charts
from takeback.report.report_words import percent


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return how often each reason is given, as a picture."""
    rows = [{"name": row["words"], **_bar(row)} for row in metrics["reasons"]["frequency"]]
    return {"frequency": charts.bars("reasons", "Reasons", rows) if rows else None}


def _bar(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far a bar goes and what it says; only a share that leaves out too few people is not shown."""
    share = "nearly all" if row["any"] is None else percent(row["any"], 0)
    return {"value": 1 if row["any"] is None else row["any"], "words": f"{share}, first {percent(row['first'], 0)}"}
