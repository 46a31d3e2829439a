"""Cutting a feature into bins."""

import numpy as np

from takeback.data.expressions import Array

FEW_VALUES = 16


def bin_edges(values: Array, bins: int) -> tuple[float, ...]:
    """Return where to cut: rising float32 values, at inner quantiles, the first above the lowest value.

    A feature of few distinct values (months, counts) is cut at each of them: quantiles would put a rare and telling
    value, such as two months late, into one bin with the common one.
    """
    present = values[~np.isnan(values)]
    if not len(present):
        return ()
    distinct = np.unique(present)
    if len(distinct) <= FEW_VALUES:
        return tuple(float(value) for value in distinct[1:])
    cuts = np.unique(np.quantile(present, np.arange(1, bins) / bins, method="higher").astype(np.float32))
    return tuple(float(cut) for cut in cuts if cut > present.min())
