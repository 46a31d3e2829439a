"""Training under a constraint of fairness: fairlearn's reductions, around any estimator that takes weights of rows.

Agarwal, Beygelzimer, Dudik, Langford and Wallach (2018), "A reductions approach to fair classification". A reduction
fits the same estimator many times, each time with other labels and weights of the training rows. One of these models is
kept, so that a decision does not depend on a draw; it needs nobody's group to score.
"""

import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from fairlearn.reductions import (
    DemographicParity,
    EqualizedOdds,
    ErrorRate,
    ExponentiatedGradient,
    FalsePositiveRateParity,
    GridSearch,
    UtilityParity,
)
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.dummy import DummyClassifier

from takeback.data.expressions import Array

CONSTRAINTS: dict[str, type[UtilityParity]] = {
    "demographic_parity": DemographicParity,
    "false_positive_rate_parity": FalsePositiveRateParity,
    "equalized_odds": EqualizedOdds,
}


class ReducedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """One of the models that a reduction fits: the one with the smallest weighted sum of cost and violation.

    Parameters
    ----------
    estimator
        A classifier whose ``fit`` takes ``sample_weight``.
    method
        ``grid_search``, or ``exponentiated_gradient``, whose models are told by the algorithm and not by a grid.
    constraint
        What shall be alike between groups, a name of `CONSTRAINTS`; the positive class is a default.
    threshold
        The probability from which a default is predicted, between 0 and 1: a wrong decline costs ``threshold`` and a
        wrong approval the rest (Elkan 2001, "The foundations of cost-sensitive learning").
    models
        How many models a grid has, or how many steps the gradient takes: each fits one or two.
    constraint_weight
        From 0, the cheapest model, to 1, the one with the smallest violation.

    Attributes
    ----------
    member_
        The fitted estimator that was kept.
    details_
        How many were fitted, and the cost and the violation of the one kept, on the training rows.
    """

    def __init__(
        self,
        estimator: Any,
        method: str = "grid_search",
        constraint: str = "demographic_parity",
        threshold: float = 0.5,
        models: int = 10,
        constraint_weight: float = 0.5,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.constraint = constraint
        self.threshold = threshold
        self.models = models
        self.constraint_weight = constraint_weight

    def fit(self, matrix: Array, bad: Array, sensitive_features: Array) -> Self:
        """Fit the models and keep one.

        Parameters
        ----------
        matrix
            Shape (n, d), float32.
        bad
            Outcomes, shape (n,), 1 for a default.
        sensitive_features
            The group of each row, shape (n,), text. Read here and nowhere else.

        Raises
        ------
        ValueError
            If no model was fitted that predicts both outcomes.
        """
        share = bad.mean()
        scale = self.threshold * (1 - share) + (1 - self.threshold) * share  # weights of 1 on average, as without one
        costs = {"fp": self.threshold / scale, "fn": (1 - self.threshold) / scale}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of pandas, about how fairlearn calls it
            reduction = self._reduction(costs).fit(matrix, bad, sensitive_features=sensitive_features)
        objective = ErrorRate(costs=costs)
        objective.load_data(matrix, bad, sensitive_features=sensitive_features)
        members = [member for member in reduction.predictors_ if not isinstance(member, DummyClassifier)]
        judged = [_judged(member, objective, reduction.constraints_) for member in members]
        if not judged:
            raise ValueError("every model of the reduction predicts one outcome; expected weaker constraints.")
        totals = [(1 - self.constraint_weight) * cost + self.constraint_weight * worst for cost, worst in judged]
        best = int(np.argmin(totals))
        self.member_, self.classes_ = members[best], np.array([0, 1])
        self.details_ = {"reduction": {"models": len(members), "cost": judged[best][0], "violation": judged[best][1]}}
        return self

    def _reduction(self, costs: dict[Any, float]) -> Any:
        constraint = CONSTRAINTS[self.constraint]()
        if self.method == "exponentiated_gradient":
            objective = ErrorRate(costs=costs)
            return ExponentiatedGradient(self.estimator, constraint, objective=objective, max_iter=self.models)
        constraint.default_objective = lambda: ErrorRate(costs=costs)  # GridSearch takes no other
        return GridSearch(self.estimator, constraint, grid_size=self.models)

    def predict_proba(self, matrix: Array) -> Array:
        """Return the kept model's probabilities, shape (n, 2): a ranking, no PD before it is calibrated."""
        return self.member_.predict_proba(matrix)

    def predict(self, matrix: Array) -> Array:
        """Return the kept model's classes, shape (n,)."""
        return self.member_.predict(matrix)


def _judged(member: Any, objective: ErrorRate, constraint: UtilityParity) -> tuple[float, float]:
    """Return cost and largest violation of a model on the training rows."""
    predict: Callable[[Array], Array] = member.predict
    return float(objective.gamma(predict).iloc[0]), float(constraint.gamma(predict).max())
