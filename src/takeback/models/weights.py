"""Class weights."""

import numpy as np

from takeback.config import ClassWeight
from takeback.data.expressions import Array


def class_weights(bad: Array, kind: ClassWeight) -> Array:
    """Return a weight per row, shape (n,): 1, or such that good and bad applicants weigh the same in total."""
    if kind == "none":
        return np.ones(len(bad))
    share = bad.mean()
    return np.where(bad == 1, 0.5 / share, 0.5 / (1 - share))
