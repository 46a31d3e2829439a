"""Intervals of every measure of every group, from thousands of resamples of the applicants.

Applicants of the same groups, decision and outcome are alike to every count that an audit makes. So a resample of rows
is a resample of how many each such cell has, and of the sum of their PDs: a few hundred numbers for thousands of rows.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from takeback.assessment.fairness_measures import GAPS, SHARES, SUMS, largest_gap, measures, row_values
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

REPLICATES = 5000
LEVEL = 0.95
BLOCK = 250  # replicates at a time, so that memory does not grow with their number
COUNTS = len(SUMS) - 2
Limits = list[float] | None


class Cells(NamedTuple):
    """Applicants in the order of their cells.

    ``rows`` (n,) is that order and ``pd`` (n,) the PDs in it; ``starts`` (cells,) is where each cell begins; ``inside``
    (cells, groups) is 1 where a cell belongs to a group, and ``counted`` (cells, groups * 8) what one of its applicants
    adds to the counts of each group.
    """

    rows: Array
    pd: Array
    starts: Array
    inside: Array
    counted: Array


def fairness_intervals(
    contract: Contract,
    scores: Scores,
    bad: Array,
    groups: dict[str, Array],
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Limits]:
    """Return the 95% interval of every number of an audit.

    Percentile intervals (Efron 1981) over resamples of the applicants with replacement. A rate of 0 or 1 does not vary
    among resamples; its interval is the exact one (Clopper and Pearson 1934).

    Parameters
    ----------
    contract, scores, bad, groups
        As `takeback.assessment.fairness.audit` takes them.
    replicates, seed
        How many resamples, and what they start from.

    Returns
    -------
    dict
        Lower and upper limit by the names of `takeback.assessment.metric_names.flat_metrics`. None where so many
        resamples have no value, such as a ratio to a group of which nobody is approved, that they could hold a limit.
    """
    labels, codes = zip(*(np.unique(members, return_inverse=True) for members in groups.values()), strict=True)
    cells = cells_of(scores, bad, [*codes])
    once = cell_sums(cells, np.ones((1, len(bad))))
    with threadpool_limits(1):  # the order of additions must not depend on the number of threads
        drawn = np.concatenate([cell_sums(cells, weights) for weights in _draws(len(bad), replicates, seed)])
    result: dict[str, Limits] = {}
    ends = np.cumsum([0, *map(len, labels)])
    for attribute, (start, end), names in zip(groups, pairwise(ends), labels, strict=True):
        place = np.flatnonzero(names == contract.protected[attribute].reference)
        found = _of_attribute(names.tolist(), place, once[:, start:end], drawn[:, start:end])
        result |= {f"{attribute}.{name}": limits for name, limits in found.items()}
    return result


def cells_of(scores: Scores, bad: Array, codes: list[Array]) -> Cells:
    """Sort applicants into cells, given their groups of each attribute as whole numbers from 0, each of shape (n,)."""
    alike = np.column_stack([*codes, scores.decision, bad]).astype(np.int64)
    _, first, cell = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    rows = np.argsort(cell, kind="stable")
    inside = np.concatenate([np.eye(code.max() + 1)[code[first]] for code in codes], axis=1)
    counts = row_values(scores.pd[first], scores.decision[first], bad[first])[:, :COUNTS]
    counted = (inside[:, :, None] * counts[:, None, :]).reshape(len(first), -1)
    starts = np.searchsorted(cell[rows], np.arange(len(first)))
    return Cells(rows, scores.pd[rows], starts, inside, counted)


def cell_sums(cells: Cells, weights: Array) -> Array:
    """Return the sums over each group, shape (replicates, groups, 10), of applicants drawn so often.

    Parameters
    ----------
    cells
        The applicants.
    weights
        How often each was drawn, shape (replicates, n), in the order of ``cells.rows``.
    """
    weighted = (weights, weights * cells.pd, weights * cells.pd**2)
    counts, pds, squares = (np.add.reduceat(each, cells.starts, axis=1) for each in weighted)
    counted = (counts @ cells.counted).reshape(len(weights), -1, COUNTS)
    return np.concatenate([counted, (pds @ cells.inside)[..., None], (squares @ cells.inside)[..., None]], axis=2)


def _draws(n: int, replicates: int, seed: int) -> Iterator[Array]:
    """Yield how often each of n applicants is drawn, in blocks of shape (at most `BLOCK`, n)."""
    random = np.random.default_rng(seed)
    for start in range(0, replicates, BLOCK):
        size = min(BLOCK, replicates - start)
        yield np.stack([np.bincount(random.integers(n, size=n), minlength=n) for _ in range(size)]).astype(float)


def _of_attribute(groups: list[str], reference: Array, once: Array, drawn: Array) -> dict[str, Limits]:
    nobody = np.zeros((*drawn.shape[:1], 1, len(SUMS)))
    measured = measures(drawn, drawn[:, reference] if len(reference) else nobody)
    result = {f"{group}.{name}": _limits(of[:, i]) for i, group in enumerate(groups) for name, of in measured.items()}
    for group, sums in zip(groups, once[0], strict=True):
        result |= {f"{group}.{name}": limits for name, limits in _at_an_end(sums).items() if result[f"{group}.{name}"]}
    return {**result, **{f"{name}_gap": _limits(largest_gap(measured[name])) for name in GAPS}}


def _limits(values: Array) -> Limits:
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    known = values[np.isfinite(values)]
    if len(known) < tails[1] * len(values):
        return None
    return [float(limit) for limit in np.quantile(known, tails)]


def _at_an_end(sums: Array) -> dict[str, Limits]:
    """Return the exact interval of each rate that is 0 or 1."""
    result: dict[str, Limits] = {}
    for name, of in SHARES.items():
        part, whole = (sums[SUMS.index(which)] for which in of)
        if whole and name != "mean_pd" and part in (0, whole):
            tail = ((1 - LEVEL) / 2) ** (1 / whole)
            result[name] = [float(tail), 1.0] if part else [0.0, float(1 - tail)]
    return result
