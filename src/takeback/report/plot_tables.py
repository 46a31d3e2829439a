"""What `dvc plots` draws: one table for each picture, all candidates in it, so that dvc.yaml need not name them."""

from typing import Any

Rows = list[dict[str, Any]]


def plot_tables(metrics: dict[str, Any]) -> dict[str, Rows]:
    """Return the rows of each table by its name.

    Parameters
    ----------
    metrics
        ``candidates`` with their curves, and ``choice``, as the report has them.

    Returns
    -------
    dict
        ``roc`` and ``calibration`` with a column ``model``; ``importance`` of the champion's inputs; ``learning_curve``
        (``model``, ``round``, ``log_loss``) if a candidate learns in rounds.
    """
    candidates = metrics["candidates"]
    tables = {key: _of_all(candidates, key) for key in ("roc", "calibration")}
    curves = [row for name, candidate in candidates.items() for row in _losses(name, candidate["learning_curve"])]
    importance = candidates[metrics["choice"]["champion"]]["importance"]
    return {**tables, "importance": importance, **({"learning_curve": curves} if curves else {})}


def _of_all(candidates: dict[str, Any], key: str) -> Rows:
    return [{"model": name, **row} for name, candidate in candidates.items() for row in candidate[key]]


def _losses(name: str, curve: Rows) -> Rows:
    parts = {"training": "train_logloss", "validation": "validation_logloss"}
    return [
        {"model": f"{name}, {part}", "round": row["round"], "log_loss": row[column]}
        for part, column in parts.items()
        for row in curve
    ]
