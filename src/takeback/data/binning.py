"""Cutting a feature into bins."""

import numpy as np

from takeback.data.expressions import Array


def bin_edges(values: Array, bins: int) -> tuple[float, ...]:
    """Return the distinct inner quantiles of what is not missing, as float32 values; the lowest value is no edge."""
    present = values[~np.isnan(values)]
    if not len(present):
        return ()
    cuts = np.unique(np.quantile(present, np.arange(1, bins) / bins, method="higher").astype(np.float32))
    return tuple(float(cut) for cut in cuts if cut > present.min())
