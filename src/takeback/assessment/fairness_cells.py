"""Sums over the applicants of groups, for many sets of weights at once.

Applicants of the same groups, decision and outcome are alike to every count that an audit makes. So a resample of rows
is a resample of how many each such cell has, and of the sum of their PDs: a few hundred numbers for thousands of rows.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from takeback.assessment.fairness_measures import COUNTS, RATES, Sums, counted, largest_gap, measures, rate
from takeback.assessment.fairness_measures import MEASURES as KNOWN
from takeback.assessment.scored import GROUP
from takeback.common.errors import UserError
from takeback.data.expressions import Array

BLOCK = 100  # replicates at a time, so that memory does not grow with their number


class Cells(NamedTuple):
    """Applicants in the order of their cells.

    ``rows`` (n,) is that order and ``pd`` (n,) the PDs in it; ``starts`` (cells,) is where each cell begins; ``inside``
    (cells, groups) is 1 where a cell belongs to a group, and ``counted`` (cells, groups * counts) what one of its
    applicants adds to the counts of each group.
    """

    rows: Array
    pd: Array
    starts: Array
    inside: Array
    counted: Array


def cells_of(scored: pd.DataFrame, codes: list[Array]) -> Cells:
    """Sort applicants into cells, given their groups of each attribute as whole numbers from 0, each of shape (n,)."""
    decision, bad, pds = (scored[name].to_numpy() for name in ("decision", "bad", "pd"))
    alike = np.column_stack([*codes, scored["decision"].cat.codes, bad]).astype(np.int64)
    _, first, cell = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    rows = np.argsort(cell, kind="stable")
    inside = np.concatenate([np.eye(code.max() + 1)[code[first]] for code in codes], axis=1)
    counts = counted(bad[first], decision[first])
    adds = (inside[:, :, None] * counts[:, None, :]).reshape(len(first), -1)
    return Cells(rows, pds[rows].astype(float), np.searchsorted(cell[rows], np.arange(len(first))), inside, adds)


def resampled_sums(cells: Cells, replicates: int, seed: int) -> dict[str, Array]:
    """Return the sums over each group, each of shape (replicates, groups), of applicants drawn with replacement."""
    with threadpool_limits(1):  # the order of additions must not depend on the number of threads
        blocks = [cell_sums(cells, weights) for weights in _draws(len(cells.pd), replicates, seed)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def cell_sums(cells: Cells, weights: Array) -> dict[str, Array]:
    """Return the sums over each group, each of shape (replicates, groups), of applicants drawn so often.

    Parameters
    ----------
    cells
        The applicants.
    weights
        How often each was drawn, shape (replicates, n), in the order of ``cells.rows``.
    """
    weighted = (weights, weights * cells.pd, weights * cells.pd**2)
    counts, pds, squares = (np.add.reduceat(each, cells.starts, axis=1) for each in weighted)
    of_counts = (counts @ cells.counted).reshape(len(weights), -1, len(COUNTS))
    named = {name: of_counts[..., place] for place, name in enumerate(COUNTS)}
    return {**named, "pd": pds @ cells.inside, "pd_squared": squares @ cells.inside}


def group_measure(
    measure: str, attribute: str, group: str, scored: pd.DataFrame, weights: Array, reference: str
) -> Array:
    """Return a measure of one group with weighted applicants, shape (replicates,); weights as `resampled` takes them.

    Raises
    ------
    UserError
        If nobody is in the group, or there is no such measure.
    """
    known = _groups(scored, attribute)
    if group not in known:
        raise UserError(
            f"{attribute}.{group}: nobody in the scores is in this group. Expected one of {', '.join(known)}."
        )
    _check(measure, KNOWN)
    sums = _weighted_sums(attribute, [group, reference], scored, weights)
    of_group, base = ({name: of[:, place] for name, of in sums.items()} for place in (0, 1))
    return measures(of_group, base)[measure]


def group_gap(measure: str, attribute: str, scored: pd.DataFrame, weights: Array) -> Array:
    """Return the largest difference of a rate between two groups; a group without weight has no rate."""
    name = measure.removesuffix("_gap")
    _check(name, tuple(RATES))
    return largest_gap(rate(name, _weighted_sums(attribute, _groups(scored, attribute), scored, weights)))


def _check(measure: str, known: tuple[str, ...]) -> None:
    if measure not in known:
        raise UserError(f"{measure}: no such measure of a group. Expected one of {', '.join(known)}.")


def _weighted_sums(attribute: str, groups: list[str], scored: pd.DataFrame, weights: Array) -> Sums:
    """Return the sums over groups, each of shape (replicates, groups)."""
    bad, pds = scored["bad"].to_numpy(), scored["pd"].to_numpy(dtype=float)
    values = np.column_stack([counted(bad, scored["decision"].to_numpy()), pds, pds**2])
    member = scored[f"{GROUP}{attribute}"].to_numpy()
    inside = np.column_stack([member == group for group in groups]).astype(float)
    of_each = (inside[:, :, None] * values[:, None, :]).reshape(len(values), -1)
    sums = (weights @ of_each).reshape(len(weights), len(groups), -1)
    return {name: sums[..., place] for place, name in enumerate((*COUNTS, "pd", "pd_squared"))}


def _groups(scored: pd.DataFrame, attribute: str) -> list[str]:
    return sorted(scored[f"{GROUP}{attribute}"].unique().tolist())


def _draws(n: int, replicates: int, seed: int) -> Iterator[Array]:
    """Yield how often each of n applicants is drawn, in blocks of shape (at most `BLOCK`, n)."""
    random = np.random.default_rng(seed)
    for start in range(0, replicates, BLOCK):
        size = min(BLOCK, replicates - start)
        yield np.stack([np.bincount(random.integers(n, size=n), minlength=n) for _ in range(size)]).astype(float)
