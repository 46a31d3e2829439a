"""Who is ranked before whom."""

from collections.abc import Iterator, Mapping
from typing import Any

from takeback.report import charts

MEASURES = ("auc", "ks", "average_precision", "h_measure", "emp")


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ROC curves and the champion's inputs as pictures, and the measures of ranking by candidate."""
    candidates, champion = metrics["candidates"], metrics["choice"]["champion"]
    aucs = {name: candidate["performance"]["ranking"]["auc"] for name, candidate in candidates.items()}
    known = [key for key in MEASURES if key in candidates[champion]["performance"]["ranking"]]
    rows = {
        name: [(c["performance"]["ranking"].get(key), c["intervals"].get(f"ranking.{key}")) for key in known]
        for name, c in candidates.items()
    }
    inputs = [*_importance(metrics, champion)]
    return {
        "known": known,
        "rows": rows,
        "roc": charts.roc({name: candidate["roc"] for name, candidate in candidates.items()}, aucs, champion),
        "importance": charts.bars("importance", "Importance", inputs),
    }


def _importance(metrics: Mapping[str, Any], champion: str) -> Iterator[dict[str, Any]]:
    for row in metrics["candidates"][champion]["importance"]:
        label = metrics["labels"].get(row["feature"].partition("=")[0])  # housing=own is part of housing
        name = f"{row['feature']}: {label}" if label and label != row["feature"] else row["feature"]
        yield {"name": name, "value": row["mean_absolute_contribution"]}
