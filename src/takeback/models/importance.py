"""What each input adds to a score."""

from typing import Any

import numpy as np

from takeback.data.expressions import Array
from takeback.models.curves import CurveTable
from takeback.models.packaged import Packaged
from takeback.models.scorecard import Scorecard

SEED = 20


def contributions(estimator: Any, model: Packaged, matrix: Array) -> Array:
    """Return what each input adds to each row's margin, shape (n, d).

    A table of points or curves has it written down. Of XGBoost's trees it is TreeSHAP (Lundberg et al. 2020). Of any
    other model it is how the margin changes if the row gets the input of another row, drawn at random: permutation
    importance (Breiman 2001), row by row.
    """
    if isinstance(model, Scorecard | CurveTable):
        return model.contributions(matrix)
    if (booster := native_booster(estimator)) is not None:
        from xgboost import DMatrix

        return booster.predict(DMatrix(matrix), pred_contribs=True)[:, :-1]
    return _permuted(model, matrix)


def native_booster(estimator: Any) -> Any:
    """Return XGBoost's own model of an estimator, ours or XGBoost's; None of any other."""
    if hasattr(estimator, "booster_") and type(estimator).__module__.startswith("takeback."):
        return estimator.booster_
    return estimator.get_booster() if hasattr(estimator, "get_booster") else None


def _permuted(model: Packaged, matrix: Array) -> Array:
    random, margin = np.random.default_rng(SEED), model.margin(matrix)
    result = np.empty(matrix.shape)
    for position in range(matrix.shape[1]):
        other = matrix.copy()
        other[:, position] = random.permutation(other[:, position])
        result[:, position] = margin - model.margin(other)
    return result
