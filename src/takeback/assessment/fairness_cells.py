"""Resamples of the applicants, counted by cell.

Applicants of the same groups, decision and outcome are alike to every count that an audit makes. So a resample of rows
is a resample of how many each such cell has, and of the sum of their PDs: a few hundred numbers for thousands of rows.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from takeback.assessment.fairness_measures import SUMS, row_values
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

BLOCK = 100  # replicates at a time, so that memory does not grow with their number
COUNTS = len(SUMS) - 2


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


def resampled_sums(cells: Cells, replicates: int, seed: int) -> Array:
    """Return the sums over each group, shape (replicates, groups, 10), of applicants drawn with replacement."""
    with threadpool_limits(1):  # the order of additions must not depend on the number of threads
        return np.concatenate([cell_sums(cells, weights) for weights in _draws(len(cells.pd), replicates, seed)])


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
