"""How far the distribution of each column moved."""

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_float_dtype, is_numeric_dtype

from takeback.data.expressions import Array

BINS = 10
TEXT = pd.ArrowDtype(pa.string())


def drift(
    before: pd.DataFrame, after: pd.DataFrame, groups: tuple[pd.Series, pd.Series] | None = None
) -> dict[str, dict[str, float]]:
    """Return the population stability index of each column, within each group.

    Parameters
    ----------
    before, after
        Tables with the same columns. Bins are the tenths of ``before``; a category has its values; missing is one more.
    groups
        The group of each row of both tables; without, all rows are the group "".

    Returns
    -------
    dict
        For each group that both tables have, the index of each column.
    """
    groups = groups or (pd.Series("", before.index), pd.Series("", after.index))
    codes, labels = pd.factorize(pd.concat(groups), sort=True)
    member = np.split(codes, [len(before)])
    result: dict[str, dict[str, float]] = {label: {} for label in labels}
    for name in before:
        bins = _bins(*alike(before[name], after[name]))
        shape = (len(labels), int(bins.max(initial=0)) + 1)
        counts = [_counts(*side, shape) for side in zip(member, np.split(bins, [len(before)]), strict=True)]
        for label, a, b in zip(labels, *counts, strict=True):
            if a.any() and b.any():
                result[label][name] = stability_index(a, b)
    return {label: columns for label, columns in result.items() if columns}


def stability_index(before: Array, after: Array) -> float:
    """Return the population stability index of two histograms: the sum of (q - p) ln(q / p).

    Siddiqi (2006), Credit Risk Scorecards; it is the divergence J of Jeffreys. Half an applicant is added to each bin
    that either has, so that an empty one does not make it infinite. By custom 0.1 is worth a look, 0.25 is a shift.
    """
    used = (before + after) > 0
    p, q = ((side[used] + 0.5) / (side[used] + 0.5).sum() for side in (before, after))
    return float(((q - p) * np.log(q / p)).sum())


def _counts(member: Array, codes: Array, shape: tuple[int, int]) -> Array:
    return np.bincount(member * shape[1] + codes, minlength=shape[0] * shape[1]).reshape(shape)


def alike(before: pd.Series, after: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return two columns of one type: floats with NaN where missing; as text what is not of one type."""
    if before.dtype != after.dtype:
        before, after = before.astype(TEXT), after.astype(TEXT)
    return (before.astype(float), after.astype(float)) if is_float_dtype(before.dtype) else (before, after)


def _bins(before: pd.Series, after: pd.Series) -> Array:
    """Return the bin of each value, first those before; 0 is missing."""
    both = pd.concat([before, after], ignore_index=True)
    if not is_numeric_dtype(both.dtype):
        return pd.factorize(both)[0] + 1
    known = before.dropna().to_numpy()
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)
    return np.where(both.isna(), 0, np.searchsorted(edges, both.to_numpy(), side="right") + 1)
