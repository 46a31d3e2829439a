"""Metrics with a weight for each applicant, for many sets of weights at once.

Each function takes a scored table of n rows and weights of shape (replicates, n), and returns shape (replicates,).
scikit-learn has most of them for one set of weights; a property test holds the two together.
"""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from takeback.assessment.roc_hull import expected_maximum_profit, h_measure, hull
from takeback.data.expressions import Array
from takeback.decisions.policy import DECLINE

CALIBRATION_BINS = 10
SMALLEST = 1e-6  # as far from 0 and from 1 as a PD goes before its logarithm is taken
Weighted = Callable[[pd.DataFrame, Array], Array]


def ranking_measures(scored: pd.DataFrame, weights: Array, names: Collection[str]) -> dict[str, Array]:
    """Return some of `RANKING`, each of shape (replicates,), from one sort of the applicants."""
    pds, bad = column(scored, "pd"), column(scored, "bad")
    order = np.argsort(-pds, kind="stable")
    starts, bad = np.flatnonzero(np.diff(pds[order], prepend=np.inf)), bad[order]
    result = {name: np.empty(len(weights)) for name in names}
    for replicate, row in enumerate(weights):  # row by row: the numbers stay in the processor's cache
        ordered = row[order]
        bads = np.add.reduceat(ordered * bad, starts)
        goods = np.add.reduceat(ordered, starts) - bads
        for name in names:
            result[name][replicate] = RANKING[name](bads, goods)
    return result


def ranking(name: str) -> Weighted:
    """Return one of `RANKING` as a function of scores and weights."""
    return lambda scored, weights: ranking_measures(scored, weights, [name])[name]


def average(
    values: Callable[[pd.DataFrame], Array], among: Callable[[pd.DataFrame], Array] | None = None, empty: float = np.nan
) -> Weighted:
    """Return the weighted mean of values among the rows that are marked 1; ``empty`` where no weight is."""

    def mean(scored: pd.DataFrame, weights: Array) -> Array:
        inside = np.ones(len(scored)) if among is None else among(scored)
        found = divided(weights @ (values(scored) * inside), weights @ inside)
        return np.where(np.isfinite(found), found, empty)

    return mean


def calibration_bin(pds: Array) -> Array:
    """Return each applicant's bin, shape (n,), of at most ten of equal size by PD; one PD is in one bin."""
    edges = np.unique(np.quantile(pds, np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS))
    return np.searchsorted(edges, pds, side="right")


def calibration_error(scored: pd.DataFrame, weights: Array) -> Array:
    """Return the expected calibration error. The bins are those of the unweighted rows: only what is in them varies."""
    pds, bad = column(scored, "pd"), column(scored, "bad")
    inside = np.eye(CALIBRATION_BINS)[calibration_bin(pds)]
    return divided(np.abs(weights @ (inside * (pds - bad)[:, None])).sum(axis=1), weights.sum(axis=1))


def decline_f1(scored: pd.DataFrame, weights: Array) -> Array:
    """Return the F1 score of declines as findings of bads; 0 where there are neither."""
    found, bad = declined(scored), column(scored, "bad")
    return np.nan_to_num(divided(2 * (weights @ (found * bad)), weights @ (found + bad)))


def log_losses(scored: pd.DataFrame) -> Array:
    """Return each applicant's log loss, shape (n,)."""
    pds = np.clip(column(scored, "pd"), SMALLEST, 1 - SMALLEST)
    return -np.log(np.where(column(scored, "bad") == 1, pds, 1 - pds))


def column(scored: pd.DataFrame, name: str) -> Array:
    """Return a column as floats, shape (n,)."""
    return scored[name].to_numpy(dtype=float)


def decided(scored: pd.DataFrame, decision: str) -> Array:
    """Return 1 where the decision is this one and 0 elsewhere, shape (n,)."""
    return (scored["decision"] == decision).to_numpy(dtype=float)


def declined(scored: pd.DataFrame) -> Array:
    """Return 1 where an application is declined and 0 elsewhere, shape (n,)."""
    return decided(scored, DECLINE)


def divided(above: Array, below: Array) -> Array:
    """Return the quotient, NaN where it is not defined."""
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)


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
    return float(bads @ precision / found[-1]) if found[-1] * goods.sum() else np.nan


# Of the weights of bad and of good applicants at each distinct PD, highest first.
RANKING: dict[str, Callable[[Array, Array], float]] = {
    "ranking.auc": _auc,
    "ranking.gini": lambda bads, goods: 2 * _auc(bads, goods) - 1,
    "ranking.ks": _ks,
    "ranking.average_precision": _average_precision,
    "ranking.h_measure": lambda bads, goods: h_measure(*hull(bads, goods)),
    "ranking.emp": lambda bads, goods: expected_maximum_profit(*hull(bads, goods)),
}
