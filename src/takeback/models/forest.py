"""A random forest: one round of many trees, each grown on a sample of rows and columns."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import xgboost

from takeback.common.files import thread_count
from takeback.config.candidate_settings import ClassWeight
from takeback.data.expressions import Array
from takeback.models.binary import BinaryClassifier
from takeback.models.training import row_weights, tree_parameters
from takeback.models.tree_ensemble import TreeEnsemble


class ForestClassifier(BinaryClassifier):
    """A random forest (Breiman 2001) by XGBoost; with squared error a leaf holds its bad rate, which a forest averages.

    Parameters
    ----------
    trees
        How many.
    max_depth, min_child_weight, subsample, colsample, l2, max_bin
        XGBoost's; ``colsample`` is the share of columns tried at each node.
    class_weight
        ``none``, or ``balanced``: good and bad applicants weigh the same in total.
    monotonic_cst
        The direction of each feature, shape (d,): 1, -1, or 0 for none.
    random_state
        Seed of the samples of rows and columns; None is 0.

    Attributes
    ----------
    booster_
        XGBoost's model.
    base_
        What every tree starts from: the (weighted) bad rate.
    details_
        What the training metrics say about it.
    """

    def __init__(
        self,
        trees: int = 100,
        max_depth: int = 8,
        min_child_weight: float = 20,
        subsample: float = 0.5,
        colsample: float = 0.4,
        l2: float = 1.0,
        max_bin: int = 64,
        class_weight: ClassWeight = "none",
        monotonic_cst: Sequence[int] | None = None,
        random_state: int | None = None,
    ) -> None:
        self.trees = trees
        self.max_depth = max_depth
        self.min_child_weight = min_child_weight
        self.subsample = subsample
        self.colsample = colsample
        self.l2 = l2
        self.max_bin = max_bin
        self.class_weight = class_weight
        self.monotonic_cst = monotonic_cst
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to inputs of shape (n, d) and outcomes of shape (n,), each row counting ``sample_weight``."""
        data = self._training(X, y, sample_weight)
        weight = row_weights(data, self.class_weight)
        self.base_ = float(np.average(data.bad, weights=weight))
        train = xgboost.DMatrix(data.matrix, data.bad, weight=weight, nthread=thread_count())
        parameters = {
            **tree_parameters(self, data),
            "objective": "reg:squarederror",
            "base_score": self.base_,
            "learning_rate": 1.0,
            "num_parallel_tree": self.trees,
            "colsample_bynode": self.colsample,
            "seed": self.random_state or 0,
            "nthread": thread_count(),
        }
        self.booster_ = xgboost.train(parameters, train, num_boost_round=1)
        self.details_ = {"trees": self.trees}
        return self

    def packaged(self, names: Sequence[str]) -> TreeEnsemble:
        """Return the form that a bundle holds, whose margin is the bad rate; ``names`` are those of the columns."""
        from takeback.models.export import to_onnx

        return to_onnx(self.booster_, names, self.base_)

    def margin(self, matrix: Array) -> Array:
        """Return the mean bad rate of each row's leaves, shape (n,)."""
        return self.booster_.inplace_predict(matrix)

    def probability_of(self, margin: Array) -> Array:
        """Return the bad rate itself."""
        return margin.clip(0, 1)
