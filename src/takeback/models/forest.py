"""A random forest: one round of many trees, each grown on a sample of rows and columns."""

import numpy as np
import xgboost

from takeback.common.files import thread_count
from takeback.config.params import Forest
from takeback.models.training import Training, row_weights, tree_parameters


def fit_forest(settings: Forest, data: Training) -> xgboost.Booster:
    """Fit a random forest (Breiman 2001) with XGBoost.

    XGBoost's forest rather than scikit-learn's: it takes monotone constraints and missing values, its bytes do not
    depend on the number of threads, and it is packaged by the same converter as the boosted model. With squared error
    a leaf holds its bad rate, which is what a forest averages.
    """
    weight = row_weights(data, settings.class_weight)
    train = xgboost.DMatrix(data.matrix, data.bad, weight=weight, nthread=thread_count())
    parameters = {
        **tree_parameters(settings, data),
        "objective": "reg:squarederror",
        "base_score": base_score(data, settings),
        "learning_rate": 1.0,
        "num_parallel_tree": settings.trees,
        "colsample_bynode": settings.colsample,
        "seed": settings.seed,
        "nthread": thread_count(),
    }
    return xgboost.train(parameters, train, num_boost_round=1)


def base_score(data: Training, settings: Forest) -> float:
    """Return what every tree starts from: the (weighted) bad rate."""
    return float(np.average(data.bad, weights=row_weights(data, settings.class_weight)))
