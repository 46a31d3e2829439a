"""The measures of a protected group with a weight for each applicant, for many sets of weights at once."""

from collections.abc import Collection

import numpy as np
import pyarrow as pa

from takeback.assessment.fairness_measures import MEASURES, SHARES, largest_gap, measures, row_values, share
from takeback.assessment.weighted import column, indicator
from takeback.common.errors import UserError
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS


def group_measure(measure: str, attribute: str, group: str, scores: pa.Table, weights: Array, reference: str) -> Array:
    """Return a measure of one group; see `takeback.assessment.fairness_measures.measures`."""
    known = _groups(scores, attribute)
    if group not in known:
        raise UserError(
            f"{attribute}.{group}: nobody in the scores is in this group. Expected one of {', '.join(known)}."
        )
    _check(measure, MEASURES)
    sums = _sums(attribute, [group, reference], scores, weights)
    return measures(sums[:, 0], sums[:, 1])[measure]


def group_gap(measure: str, attribute: str, scores: pa.Table, weights: Array) -> Array:
    """Return the largest difference of a rate between two groups; a group without weight has no rate."""
    name = measure.removesuffix("_gap")
    _check(name, SHARES)
    return largest_gap(share(name, _sums(attribute, _groups(scores, attribute), scores, weights)))


def _check(measure: str, known: Collection[str]) -> None:
    if measure not in known:
        raise UserError(f"{measure}: no such measure of a group. Expected one of {', '.join(known)}.")


def _sums(attribute: str, groups: list[str], scores: pa.Table, weights: Array) -> Array:
    """Return the sums over groups, shape (replicates, groups, 10)."""
    decision = np.column_stack([indicator(scores, "decision", name) for name in DECISIONS]).argmax(axis=1)
    values = row_values(column(scores, "pd"), decision, column(scores, "bad"))
    inside = np.column_stack([indicator(scores, f"group_{attribute}", group) for group in groups])
    of_each = inside[:, :, None] * values[:, None, :]
    return (weights @ of_each.reshape(len(values), -1)).reshape(len(weights), *of_each.shape[1:])


def _groups(scores: pa.Table, attribute: str) -> list[str]:
    return sorted(scores[f"group_{attribute}"].unique().to_pylist())
