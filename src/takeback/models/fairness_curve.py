"""How far the groups' PDs lie apart while a model learns."""

from collections.abc import Callable, Mapping

import numpy as np
import xgboost

from takeback.data.expressions import Array

MIN_MEMBERS = 100  # the mean PD of fewer moves by chance more than by learning
Metric = Callable[[Array, xgboost.DMatrix], list[tuple[str, float]]]


def pd_difference(pd: Array, members: Array) -> float:
    """Return the largest difference between two groups' mean PDs, in standard deviations of the PD.

    Parameters
    ----------
    pd
        Shape (n,).
    members
        The group of each, shape (n,).

    Returns
    -------
    float
        0 with fewer than two groups of `MIN_MEMBERS`, or where all PDs are the same.
    """
    _names, codes = np.unique(members, return_inverse=True)
    counts = np.bincount(codes)
    means = np.bincount(codes, pd)[counts >= MIN_MEMBERS] / counts[counts >= MIN_MEMBERS]
    spread = float(np.std(pd, dtype=np.float64))
    return float(means.max() - means.min()) / spread if len(means) > 1 and spread else 0.0


def fairness_metric(validation: xgboost.DMatrix, groups: Mapping[str, Array]) -> Metric:
    """Return XGBoost's ``custom_metric`` that gives `pd_difference` of each attribute, on the validation rows alone."""
    codes = {name: np.unique(members, return_inverse=True)[1] for name, members in groups.items()}

    def metric(pd: Array, data: xgboost.DMatrix) -> list[tuple[str, float]]:
        if data is not validation:
            return []
        return [(f"pd_difference_{name}", pd_difference(pd, members)) for name, members in codes.items()]

    return metric
