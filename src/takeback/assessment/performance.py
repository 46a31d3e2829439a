"""How well a candidate ranks, how honest its PDs are, and what its decisions earn."""

from typing import Any

import numpy as np
import pyarrow as pa

from takeback.assessment.weighted import MEASURES, RANKING, calibration_bin, ranking_measures
from takeback.common.disclosure import few, joined, one_sided
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import APPROVE, DECISIONS, DECLINE, profit
from takeback.decisions.scoring import Scores


def performance(scores: Scores, bad: Array, amount: Array, policy: Policy, least: int = 1) -> dict[str, Any]:
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
    least
        What `hidden_metrics` says of it is None.

    Returns
    -------
    dict
        ``ranking``, ``probability`` and ``decision`` metrics: those of `takeback.assessment.weighted` with everybody
        counted once. One that is not defined is None.
    """
    result = {
        "ranking": ranking(scores.pd, bad),
        "probability": probability(scores.pd, bad),
        "decision": decision(scores.decision, bad, amount, policy),
    }
    for name in hidden_metrics(scores.decision, bad, least):
        part, metric = name.split(".")
        result[part][metric] = None
    return result


def hidden_metrics(decisions: Array, bad: Array, least: int) -> list[str]:
    """Return the rates, by dotted name, that are about fewer than ``least`` people or give such a number away."""
    cells = np.zeros((len(DECISIONS), 2), dtype=int)
    np.add.at(cells, (decisions.astype(int), bad.astype(int)), 1)
    approved, declined = cells[DECISIONS.index(APPROVE)], cells[DECISIONS.index(DECLINE)]
    good, bads = cells.sum(axis=0)
    all_alike = one_sided(good, bads, least)
    found = all_alike or few([*declined, *(cells.sum(axis=0) - declined)], least).any()
    among = one_sided(approved[0], approved[1], least) or few(cells.sum(axis=0) - approved, least).any()
    hidden = {
        "probability.bad_rate": all_alike,
        "decision.bad_rate_among_approved": among,
        **dict.fromkeys((f"decision.{word}_rate" for word in DECISIONS), few(cells.sum(axis=1), least).any()),
        **dict.fromkeys((f"decision.decline_{name}" for name in ("accuracy", "precision", "recall", "f1")), found),
    }
    return [name for name, secret in hidden.items() if secret]


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


def calibration_bins(pd: Array, bad: Array, least: int = 1) -> list[dict[str, float]]:
    """Return mean PD and bad rate in ten bins of equal size by PD; applicants with one PD share a bin.

    Neighbours are joined until each bin has ``least`` good payers and as many bad ones; none is left if all have not.
    """
    if one_sided(bad.sum(), len(bad) - bad.sum(), least):
        return []
    _, code = np.unique(calibration_bin(pd), return_inverse=True)
    code = joined(np.bincount(code, 1 - bad), np.bincount(code, bad), least)[code]
    masks = [code == i for i in np.unique(code)]
    return [{"count": int(m.sum()), "mean_pd": float(pd[m].mean()), "bad_rate": float(bad[m].mean())} for m in masks]


def roc_points(pd: Array, bad: Array, least: int = 1, points: int = 100) -> list[dict[str, float]]:
    """Return about as many points of the ROC curve as asked for, and both its ends.

    Between one point and the next lie ``least`` good payers and as many bad ones: a finer curve would tell of single
    applicants between which others they are.
    """
    _, place = np.unique(-pd, return_inverse=True)
    good, found = (np.bincount(place, outcome) for outcome in (1 - bad, bad))
    step = max(least, int(min(good.sum(), found.sum())) // points)
    last = np.flatnonzero(np.diff(joined(good, found, step), append=len(good)))
    x, y = (np.concatenate([[0], np.cumsum(counts)[last] / max(counts.sum(), 1)]) for counts in (good, found))
    return [{"false_positive_rate": float(a), "true_positive_rate": float(b)} for a, b in zip(x, y, strict=True)]


def _once(part: str, table: pa.Table) -> dict[str, float | None]:
    """Return the measures of one part with everybody counted once."""
    ones = np.ones((1, len(table)))
    names = [name for name in MEASURES if name.startswith(part)]
    return {name.removeprefix(part): _known(MEASURES[name](table, ones)) for name in names}


def _known(values: Array) -> float | None:
    return float(values[0]) if np.isfinite(values[0]) else None
