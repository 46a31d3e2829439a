"""How a candidate does on rows that it was not trained on."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.utils import get_tags

from takeback.data.expressions import Array
from takeback.models.training import Training, passed_to_fit, taken


def fold_masks(bad: Array, folds: int, seed: int) -> list[Array]:
    """Return for each fold a mask of the rows to train on; each fold has the same share of bads."""
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return [np.isin(np.arange(len(bad)), train) for train, _ in splitter.split(np.zeros(len(bad)), bad)]


def cross_validated_auc(fitted: Any, data: Training, folds: int, seed: int) -> list[float]:
    """Return the AUC on each held-out fold of an estimator that learned from the other folds.

    Boosting found its number of rounds by a cross-validation and knows; a rule learned nothing, which gives none.
    """
    if hasattr(fitted, "cv_auc_"):
        return fitted.cv_auc_
    if not get_tags(fitted).requires_fit:
        return []
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    given = taken(fitted, passed_to_fit(data))
    scores = cross_val_score(clone(fitted), data.matrix, data.bad, scoring="roc_auc", cv=splitter, params=given)
    return [float(score) for score in scores]
