"""The hand-written rule: points that somebody wrote down, so there is nothing to fit."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from takeback.data.expressions import Array
from takeback.models.binary import BinaryClassifier
from takeback.models.scorecard import Bins, Scorecard


class PointsRule(BinaryClassifier):
    """Points for what a clerk can see: more points, more risk.

    Parameters
    ----------
    points
        For each input, in the order of the matrix columns, its ``edges``, ``points``, those of a ``missing`` value, and
        the ``reason`` that they stand for.
    decline_from
        The total from which the rule declines.
    """

    def __init__(self, points: Mapping[str, Mapping[str, Any]], decline_from: float) -> None:
        self.points = points
        self.decline_from = decline_from

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn nothing but the classes."""
        self._training(X, y, sample_weight)
        return self

    def packaged(self, names: Sequence[str]) -> Scorecard:
        """Return the points as a scorecard; ``names`` are those of ``points``."""
        return Scorecard(0.0, {name: Bins(**self.points[name]) for name in names})

    def predict(self, X: Any) -> Array:
        """Return the second class for whom the rule declines, shape (n,)."""
        declined = self.margin(self._inputs(X)) >= self.decline_from
        return self.classes_[declined.astype(int)]

    def margin(self, matrix: Array) -> Array:
        """Return the points of each row, shape (n,)."""
        return self.packaged(tuple(self.points)).margin(matrix)

    def probability_of(self, margin: Array) -> Array:
        """Return points as a share of what is possible: a ranking, and no PD before it is calibrated."""
        table = [[*bins["points"], bins["missing"]] for bins in self.points.values()]
        least, most = sum(map(min, table)), sum(map(max, table))
        return (margin - least) / (most - least) if most > least else np.full(len(margin), 0.5)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
