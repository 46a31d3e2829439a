"""What our estimators share: scikit-learn's interface, two classes, float32 inputs of which NaN is a missing one."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,  # sklearn's own estimators call it; it has no public name
    check_is_fitted,
    validate_data,
)

from takeback.data.expressions import Array
from takeback.models.training import Training

Watched = Mapping[str, Array]


class BinaryClassifier(ClassifierMixin, BaseEstimator):
    """A classifier of two classes; the second one, in sorted order, is a default.

    A subclass has ``fit``, ``packaged``, `margin` and, unless its margin is log-odds, `probability_of`. The pipeline
    gives ``monotonic_cst``, ``random_state`` and ``checkpoints``; a file in ``conf/model/`` gives all other parameters.
    """

    classes_: Array
    n_features_in_: int

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of both classes, shape (n, 2); of what the training counted, not calibrated."""
        bad = self.probability_of(self.margin(self._inputs(X)))
        return np.column_stack([1 - bad, bad])

    def predict(self, X: Any) -> Array:
        """Return the more probable class, shape (n,)."""
        likelier = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likelier]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def margin(self, matrix: Array) -> Array:
        """Return what the packaged form gives to a float32 matrix of shape (n, d), as near as libraries agree."""
        raise NotImplementedError

    def probability_of(self, margin: Array) -> Array:
        """Return the probability of the second class that a margin stands for, shape (n,)."""
        return expit(margin)

    def _inputs(self, X: Any) -> Array:
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=np.float32, ensure_all_finite="allow-nan")

    def _training(self, X: Any, y: Any, sample_weight: Any, watched: Watched | None = None) -> Training:
        """Check what `fit` is given, and set ``classes_`` and ``n_features_in_``."""
        matrix, target = validate_data(self, X, y, dtype=np.float32, ensure_all_finite="allow-nan")
        check_classification_targets(target)
        self.classes_, bad = np.unique(target, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(f"Only binary classification is supported; found {len(self.classes_)} class(es).")
        weight = _check_sample_weight(sample_weight, matrix, dtype=np.float64)
        given = getattr(self, "monotonic_cst", None)
        directions = tuple(given) if given is not None else (0,) * matrix.shape[1]
        return Training(matrix, bad.astype(float), (), directions, watched or {}, weight)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to inputs of shape (n, d) and outcomes of shape (n,), each row counting ``sample_weight``."""
        raise NotImplementedError
