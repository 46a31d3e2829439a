"""The measures of a protected group with a weight for each applicant, for many sets of weights at once."""

from collections.abc import Collection

import numpy as np
import pyarrow as pa

from takeback.assessment.fairness_measures import MEASURES, SHARES, SUMS, largest_gap, measures, row_values
from takeback.assessment.weighted import column, indicator
from takeback.common.errors import UserError
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS


def group_measure(measure: str, attribute: str, group: str, scores: pa.Table, weights: Array, reference: str) -> Array:
    """Return a measure of one group; see `takeback.assessment.fairness_measures.measures`."""
    inside = _members(scores, attribute, group)
    if not inside.any():
        known = ", ".join(sorted(_groups(scores, attribute)))
        raise UserError(f"{attribute}.{group}: nobody in the scores is in this group. Expected one of {known}.")
    _check(measure, MEASURES)
    values = _values(scores)
    base = _sums(values, _members(scores, attribute, reference), weights)
    return measures(_sums(values, inside, weights), base)[measure]


def group_gap(measure: str, attribute: str, scores: pa.Table, weights: Array) -> Array:
    """Return the largest difference of a rate between two groups; a group without weight has no rate."""
    name = measure.removesuffix("_gap")
    _check(name, SHARES)
    values = _values(scores)
    groups = [_members(scores, attribute, group) for group in _groups(scores, attribute)]
    return largest_gap(np.column_stack([SHARES[name](_sums(values, inside, weights)) for inside in groups]))


def _check(measure: str, known: Collection[str]) -> None:
    if measure not in known:
        raise UserError(f"{measure}: no such measure of a group. Expected one of {', '.join(known)}.")


def _values(scores: pa.Table) -> Array:
    decision = np.column_stack([indicator(scores, "decision", name) for name in DECISIONS]).argmax(axis=1)
    return row_values(column(scores, "pd"), decision, column(scores, "bad"))


def _sums(values: Array, inside: Array, weights: Array) -> Array:
    """Return the sums over a group, shape (replicates, 10); zeros if nobody is in it."""
    if not inside.any():
        return np.zeros((len(weights), len(SUMS)))
    return weights[:, inside] @ values[inside]


def _members(scores: pa.Table, attribute: str, group: str) -> Array:
    return indicator(scores, f"group_{attribute}", group) == 1


def _groups(scores: pa.Table, attribute: str) -> list[str]:
    return scores[f"group_{attribute}"].unique().to_pylist()
