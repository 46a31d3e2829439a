"""Logistic regression of a few columns, as calibration needs it: by Newton's method, without a penalty.

What decides on an applicant is loaded without scikit-learn, and that has no offset. A test holds the two together.
"""

import numpy as np
from scipy.special import expit

from takeback.data.expressions import Array

STEPS, SETTLED = 50, 1e-9


def logistic_regression(
    design: Array, target: Array, weight: Array | float = 1.0, offset: Array | float = 0.0
) -> Array | None:
    """Return the coefficients, shape (k,), of ``logit P(target) = design @ coefficients + offset``.

    Parameters
    ----------
    design
        Shape (n, k); with a column of ones for an intercept, and no column far from 0 for its spread.
    target
        Outcomes or their probabilities, 0 to 1, shape (n,).
    weight, offset
        Of each row, shape (n,).

    Returns
    -------
    numpy.ndarray or None
        None where there is no maximum: the outcomes are all the same or separated, or a column follows from others.
    """
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = expit(design @ found + offset)
        curve = design.T @ (design * (weight * chance * (1 - chance))[:, None])
        if not np.linalg.cond(curve) < 1 / SETTLED:
            return None
        step = np.linalg.solve(curve, design.T @ (weight * (target - chance)))
        found = found + np.clip(step, -1, 1)
        if np.abs(step).max() < SETTLED:
            return found
    return None
