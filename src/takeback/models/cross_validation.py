"""How a candidate does on rows that it was not trained on."""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from takeback.data.expressions import Array
from takeback.models.training import Training


def fold_masks(bad: Array, folds: int, seed: int) -> list[Array]:
    """Return for each fold a mask of the rows to train on; each fold has the same share of bads."""
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return [np.isin(np.arange(len(bad)), train) for train, _ in splitter.split(np.zeros(len(bad)), bad)]


def cross_validated_auc(
    fit: Callable[[Training], Callable[[Array], Array]], data: Training, folds: int, seed: int
) -> list[float]:
    """Return the AUC on each held-out fold of what ``fit`` makes of the other folds."""

    def one(mask: Array) -> float:
        held_out = data.rows(~mask)
        return float(roc_auc_score(held_out.bad, fit(data.rows(mask))(held_out.matrix)))

    return [one(mask) for mask in fold_masks(data.bad, folds, seed)]
