"""How boosting learned, and what became of the gap between groups meanwhile."""

from collections.abc import Mapping
from typing import Any

from takeback.report import charts


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of the candidate that learned in rounds: the champion if it did."""
    candidates, champion = metrics["candidates"], metrics["choice"]["champion"]
    learner = next((name for name in (champion, *candidates) if candidates[name]["learning_curve"]), None)
    if learner is None:
        return {"learner": None}
    curve, rounds = candidates[learner]["learning_curve"], candidates[learner]["training"].get("rounds")
    pictures = {"curve": charts.learning(curve, rounds), "gaps": charts.gaps(curve, rounds)}
    return {"learner": learner, **pictures}
