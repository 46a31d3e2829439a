"""How well a candidate ranks, how honest its PDs are, and what its decisions earn."""

from typing import Any

import numpy as np
import pyarrow as pa

from takeback.assessment.weighted import MEASURES, RANKING, calibration_bin, ranking_measures
from takeback.config import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS, profit
from takeback.decisions.scoring import Scores


def performance(scores: Scores, bad: Array, amount: Array, policy: Policy) -> dict[str, Any]:
    """Measure scores against outcomes.

    Parameters
    ----------
    scores
        PDs and decisions, each of shape (n,).
    bad
        Outcomes, shape (n,); 1 is a default.
    amount
        Exposure of each application, shape (n,), in the data's currency.
    policy
        The economics of a decision.

    Returns
    -------
    dict
        ``ranking``, ``probability`` and ``decision`` metrics: those of `takeback.assessment.weighted` with everybody
        counted once. One that is not defined is None.
    """
    return {
        "ranking": ranking(scores.pd, bad),
        "probability": probability(scores.pd, bad),
        "decision": decision(scores.decision, bad, amount, policy),
    }


def ranking(pd: Array, bad: Array) -> dict[str, float | None]:
    """Return AUC, Gini (2 AUC - 1), Kolmogorov-Smirnov distance, average precision (PR-AUC), H-measure and EMP.

    Each is None if all applicants have one outcome. See `takeback.assessment.roc_hull` for the last two.
    """
    table = pa.table({"pd": pd, "bad": bad})
    measured = ranking_measures(table, np.ones((1, len(pd))), RANKING)
    return {name.removeprefix("ranking."): _known(values) for name, values in measured.items()}


def probability(pd: Array, bad: Array) -> dict[str, float | None]:
    """Return Brier score, log loss, expected calibration error, and mean PD beside the observed bad rate."""
    return _once("probability.", pa.table({"pd": pd, "bad": bad}))


def decision(decisions: Array, bad: Array, amount: Array, policy: Policy) -> dict[str, float | None]:
    """Return the rate of each decision, the bad rate among approved, profit, and how well declines find bads.

    Profit is per unit of exposure; ``profit_per_amount`` weighs each application with its amount.
    """
    words = pa.DictionaryArray.from_arrays(pa.array(decisions), list(DECISIONS))
    columns = {"decision": words, "bad": bad, "amount": amount, "profit": profit(policy, decisions, bad)}
    return _once("decision.", pa.table(columns))


def calibration_bins(pd: Array, bad: Array) -> list[dict[str, float]]:
    """Return mean PD and bad rate in ten bins of equal size by PD; applicants with one PD share a bin."""
    code = calibration_bin(pd)
    masks = [code == i for i in np.unique(code)]
    return [{"count": int(m.sum()), "mean_pd": float(pd[m].mean()), "bad_rate": float(bad[m].mean())} for m in masks]


def roc_points(pd: Array, bad: Array, points: int = 101) -> list[dict[str, float]]:
    """Return the ROC curve at evenly spaced false positive rates."""
    _, place = np.unique(-pd, return_inverse=True)
    found, flagged = (np.cumsum(np.bincount(place, outcome)) for outcome in (bad, 1 - bad))
    x, y = (np.concatenate([[0], counts / max(counts[-1], 1)]) for counts in (flagged, found))
    grid = np.linspace(0, 1, points)
    return [{"false_positive_rate": float(at), "true_positive_rate": float(np.interp(at, x, y))} for at in grid]


def _once(part: str, table: pa.Table) -> dict[str, float | None]:
    """Return the measures of one part with everybody counted once."""
    ones = np.ones((1, len(table)))
    names = [name for name in MEASURES if name.startswith(part)]
    return {name.removeprefix(part): _known(MEASURES[name](table, ones)) for name in names}


def _known(values: Array) -> float | None:
    return float(values[0]) if np.isfinite(values[0]) else None
