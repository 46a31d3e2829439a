"""What `dvc plots` draws: one table for each picture, all candidates in it, so that dvc.yaml need not name them."""

from typing import Any

import pandas as pd

LOSSES = {"train_logloss": "training", "validation_logloss": "validation"}


def plot_tables(metrics: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return each table by its name.

    Parameters
    ----------
    metrics
        ``candidates`` with their curves as DataFrames, and ``choice``, as the report has them.

    Returns
    -------
    dict
        ``roc`` and ``calibration`` with a column ``model``; ``importance`` of the champion's inputs; ``learning_curve``
        (``model``, ``round``, ``log_loss``) if a candidate learns in rounds.
    """
    candidates = metrics["candidates"]
    tables = {key: _of_all(candidates, key) for key in ("roc", "calibration", "learning_curve")}
    importance = candidates[metrics["choice"]["champion"]]["importance"]
    losses = {} if tables["learning_curve"].empty else {"learning_curve": _losses(tables.pop("learning_curve"))}
    return {key: tables[key] for key in ("roc", "calibration")} | {"importance": importance} | losses


def _of_all(candidates: dict[str, Any], key: str) -> pd.DataFrame:
    of_each = {name: candidate[key] for name, candidate in candidates.items() if not candidate[key].empty}
    return pd.concat(of_each, names=["model"]).reset_index("model") if of_each else pd.DataFrame()


def _losses(curves: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each candidate, part and round."""
    long = curves.melt(["model", "round"], list(LOSSES), "part", "log_loss")
    long["model"] = long["model"] + ", " + long.pop("part").map(LOSSES)
    return long
