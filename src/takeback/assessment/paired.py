"""What one candidate earns more than another on the same applicants."""

from math import sqrt
from typing import Any

import numpy as np

from takeback.data.expressions import Array


def paired_difference(profit: Array, other: Array) -> dict[str, Any]:
    """Return the mean difference in profit and its 95% interval, by the standard error of the paired differences.

    Paired, the luck that both share cancels out: the interval is narrower than two separate intervals suggest.

    Parameters
    ----------
    profit, other
        Profit of each applicant per unit of exposure, shape (n,), the same applicants in the same order.

    Returns
    -------
    dict
        ``value`` and ``interval`` ([low, high], or None for fewer than two applicants).
    """
    differences = np.asarray(profit) - np.asarray(other)
    value = float(differences.mean())
    if len(differences) < 2:
        return {"value": value, "interval": None}
    margin = 1.959964 * float(differences.std(ddof=1)) / sqrt(len(differences))
    return {"value": value, "interval": [value - margin, value + margin]}
