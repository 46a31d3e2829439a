"""The metrics with a weight for each applicant, for many sets of weights at once.

Each function takes a scores table of n rows and weights of shape (replicates, n), and returns shape (replicates,).
With all weights 1 they are the numbers of performance.json. scikit-learn has most of them for one set of weights, takes
a second to import in every stage, and is the judge of all of them in the tests.
"""

from collections.abc import Callable, Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.assessment.roc_hull import expected_maximum_profit, h_measure, hull
from takeback.data.expressions import Array

CALIBRATION_BINS = 10
Measure = Callable[[pa.Table, Array], Array]


def ranking_measures(scores: pa.Table, weights: Array, names: Collection[str]) -> dict[str, Array]:
    """Return some measures of the ranking, each of shape (replicates,), from one sort of the applicants."""
    pd, bad = column(scores, "pd"), column(scores, "bad")
    order = np.argsort(-pd, kind="stable")
    starts, bad = np.flatnonzero(np.diff(pd[order], prepend=np.inf)), bad[order]
    result = {name: np.empty(len(weights)) for name in names}
    for replicate, row in enumerate(weights):  # row by row: the numbers stay in the processor's cache
        ordered = row[order]
        bads = np.add.reduceat(ordered * bad, starts)
        goods = np.add.reduceat(ordered, starts) - bads
        for name in names:
            result[name][replicate] = RANKING[name](bads, goods)
    return result


def _ranking(name: str) -> Measure:
    return lambda scores, weights: ranking_measures(scores, weights, [name])[name]


def _auc(bads: Array, goods: Array) -> float:
    above = np.cumsum(bads) - bads / 2  # of two with one PD, each is first half of the time
    pairs = bads.sum() * goods.sum()
    return float(goods @ above / pairs) if pairs else np.nan


def _ks(bads: Array, goods: Array) -> float:
    found, flagged = np.cumsum(bads), np.cumsum(goods)
    return max(float((found / found[-1] - flagged / flagged[-1]).max()), 0.0) if found[-1] * flagged[-1] else np.nan


def _average_precision(bads: Array, goods: Array) -> float:
    found = np.cumsum(bads)
    precision = np.nan_to_num(divided(found, found + np.cumsum(goods)))
    return float(bads @ precision / found[-1]) if found[-1] else np.nan


def calibration_bin(pd: Array) -> Array:
    """Return each applicant's bin, shape (n,), of at most ten of equal size by PD; one PD is in one bin."""
    edges = np.unique(np.quantile(pd, np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS))
    return np.searchsorted(edges, pd, side="right")


def _calibration_error(scores: pa.Table, weights: Array) -> Array:
    """Keep the bins of the unweighted rows: only what is in them varies."""
    pd, bad = column(scores, "pd"), column(scores, "bad")
    inside = np.eye(CALIBRATION_BINS)[calibration_bin(pd)]
    return divided(np.abs(weights @ (inside * (pd - bad)[:, None])).sum(axis=1), weights.sum(axis=1))


def _f1(scores: pa.Table, weights: Array) -> Array:
    declined, bad = indicator(scores, "decision", "decline"), column(scores, "bad")
    return np.nan_to_num(divided(2 * (weights @ (declined * bad)), weights @ (declined + bad)))


def everybody(scores: pa.Table) -> Array:
    """Mark all rows."""
    return np.ones(len(scores))


def _or_zero(measure: Measure) -> Measure:
    return lambda scores, weights: np.nan_to_num(measure(scores, weights))


def _average(values: Callable[[pa.Table], Array], among: Callable[[pa.Table], Array] = everybody) -> Measure:
    return lambda scores, weights: mean(weights, values(scores), among(scores))


def of(name: str) -> Callable[[pa.Table], Array]:
    """Return a function that gives a column of a scores table."""
    return lambda scores: column(scores, name)


def share(decision: str) -> Callable[[pa.Table], Array]:
    """Return a function that marks the rows with a decision."""
    return lambda scores: indicator(scores, "decision", decision)


def _log_loss(scores: pa.Table) -> Array:
    pd = np.clip(column(scores, "pd"), 1e-6, 1 - 1e-6)
    return -np.log(np.where(column(scores, "bad") == 1, pd, 1 - pd))


def column(scores: pa.Table, name: str) -> Array:
    """Return a column as floats, shape (n,)."""
    return scores[name].to_numpy().astype(float)


def indicator(scores: pa.Table, name: str, value: str) -> Array:
    """Return 1 where a column has the value and 0 elsewhere, shape (n,)."""
    return pc.equal(scores[name], value).to_numpy().astype(float)


def mean(weights: Array, values: Array, among: Array) -> Array:
    """Return the weighted mean of values among the rows marked 1; NaN where no weight is."""
    return divided(weights @ (values * among), weights @ among)


def divided(above: Array, below: Array) -> Array:
    """Return the quotient, NaN where it is not defined."""
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)


# Of the weights of bad and of good applicants at each distinct PD, highest first.
RANKING: dict[str, Callable[[Array, Array], float]] = {
    "ranking.auc": _auc,
    "ranking.gini": lambda bads, goods: 2 * _auc(bads, goods) - 1,
    "ranking.ks": _ks,
    "ranking.average_precision": _average_precision,
    "ranking.h_measure": lambda bads, goods: h_measure(*hull(bads, goods)),
    "ranking.emp": lambda bads, goods: expected_maximum_profit(*hull(bads, goods)),
}
MEASURES: dict[str, Measure] = {
    **{name: _ranking(name) for name in RANKING},
    "probability.brier": _average(lambda scores: (column(scores, "pd") - column(scores, "bad")) ** 2),
    "probability.log_loss": _average(_log_loss),
    "probability.calibration_error": _calibration_error,
    "probability.mean_pd": _average(of("pd")),
    "probability.bad_rate": _average(of("bad")),
    **{f"decision.{name}_rate": _average(share(name)) for name in ("approve", "refer", "decline")},
    "decision.bad_rate_among_approved": _average(of("bad"), share("approve")),
    "decision.profit_per_application": _average(of("profit")),
    "decision.profit_per_amount": _average(of("profit"), of("amount")),
    "decision.decline_precision": _or_zero(_average(of("bad"), share("decline"))),
    "decision.decline_recall": _or_zero(_average(share("decline"), of("bad"))),
    "decision.decline_f1": _f1,
    "decision.decline_accuracy": _average(lambda s: (share("decline")(s) == column(s, "bad")).astype(float)),
}
