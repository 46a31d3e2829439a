"""How far chance alone moves a metric: the same random weights for an applicant in every data set."""

import hashlib
from fractions import Fraction
from itertools import accumulate
from math import factorial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from takeback.assessment.fairness_cells import group_gap, group_measure
from takeback.assessment.metrics import METRICS
from takeback.assessment.metrics import replicates as replicates_of
from takeback.assessment.scored import GROUP
from takeback.common.errors import UserError
from takeback.data.expressions import Array

# Poisson(1) has P(k) = 1 / (e k!). Whole numbers of 2**64, so that no platform's exp() decides on a weight.
_ONE_BY_E = sum((Fraction((-1) ** k, factorial(k)) for k in range(30)), Fraction(0))
_BELOW = np.array([int(p * 2**64) for p in accumulate(_ONE_BY_E / factorial(k) for k in range(20))], dtype=np.uint64)
_STEP, _FIRST, _SECOND = (
    np.array([x], np.uint64) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def replicate_weights(ids: Array, replicates: int) -> Array:
    """Return Poisson bootstrap weights (Hanley and MacGibbon 2006), shape (replicates, n), float64.

    A weight depends on the applicant's id and the replicate alone, so two data sets that share an applicant are
    resampled together: the difference of two metrics over them is a paired one.

    Parameters
    ----------
    ids
        Applicants' ids, shape (n,), read as text.
    replicates
        How many.
    """
    digests = b"".join(hashlib.sha256(str(text).encode()).digest()[:8] for text in ids)
    start = np.frombuffer(digests, dtype="<u8").astype(np.uint64)
    weights = np.empty((replicates, len(start)))
    for replicate in range(replicates):  # row by row: the numbers stay in the processor's cache
        weights[replicate] = np.searchsorted(_BELOW, _mixed(start + _STEP * np.uint64(replicate + 1)), side="right")
    return weights


def resampled(name: str, scored: pd.DataFrame, weights: Array, references: dict[str, str]) -> Array:
    """Return a metric of weighted rows, shape (replicates,); NaN where it is not defined.

    Parameters
    ----------
    name
        One of the names that `flat_metrics` gives.
    scored
        See `takeback.assessment.scored`.
    weights
        Shape (replicates, n); all 1 gives the metric itself.
    references
        The reference group of each protected attribute.

    Raises
    ------
    UserError
        If there is no such metric, it has no interval, or the scores do not have the attribute or the group.
    """
    if name in METRICS:
        if not (many := METRICS[name].many):
            raise UserError(f"{name}: how far chance moves it is not known. Name another metric.")
        return many(scored, weights)
    attribute = max((a for a in references if name.startswith(f"{a}.")), key=len, default="")
    if f"{GROUP}{attribute}" not in scored:
        raise UserError(f"{name}: no such metric. Expected one of {', '.join(METRICS)}, or ATTRIBUTE.GROUP.RATE.")
    group, _, measure = name.removeprefix(f"{attribute}.").rpartition(".")
    if not group:
        return group_gap(measure, attribute, scored, weights)
    return group_measure(measure, attribute, group, scored, weights, references[attribute])


def interval(replicates: Array, around: float | None = None, level: float = 0.95) -> tuple[float, float] | None:
    """Return the percentile interval of replicates, or the basic one around a number; None if most are not defined."""
    known = replicates[np.isfinite(replicates)]
    if len(known) < len(replicates) / 2 or not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return (float(low), float(high)) if around is None else (float(2 * around - high), float(2 * around - low))


def _mixed(state: Array) -> Array:
    """Return splitmix64's output of each state (Steele, Lea and Flood 2014); unsigned, it wraps around."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


REPLICATES = 500
# Of KS even the basic interval covers 0.90 of samples of 600 and 1,000, so it has none. That of a change covers: what a
# resample makes larger it makes larger on both sides.
UNCOVERED = ("ranking.ks",)


def performance_intervals(scored: pd.DataFrame, replicates: int = REPLICATES) -> dict[str, tuple[float, float] | None]:
    """Return a 95% interval of every number of performance.json, by its flat name.

    The percentile interval (Efron 1981), which covers 0.91 to 0.95 of means and areas. Of what resampling makes larger
    it covers as little as 0.68; there it is the basic one, reflected at the number (Davison and Hinkley 1997, 5.2).
    `python benchmarks/prove.py calibration` measures both.

    Parameters
    ----------
    scored
        See `takeback.assessment.scored`.
    replicates
        How many times the applicants are resampled; see `takeback.assessment.bootstrap.replicate_weights`.

    Returns
    -------
    dict
        Low and high end, or None where most replicates have no such number, or the number has no interval.
    """
    weights = replicate_weights(scored["id"].to_numpy(), replicates)
    with threadpool_limits(1):  # two threads would add in another order
        found = replicates_of(scored, weights, [name for name in METRICS if name not in UNCOVERED])
        once = {name: METRICS[name].value(scored, None) for name in found if METRICS[name].grows}
    return {name: interval(found[name], once.get(name)) if name in found else None for name in METRICS}
