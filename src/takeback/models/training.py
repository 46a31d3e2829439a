"""What every candidate is trained on."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from takeback.config import Trees
from takeback.data.expressions import Array


class Training(NamedTuple):
    """A matrix of shape (n, d), float32; outcomes of shape (n,), 1 for a default; d encoded names and directions."""

    matrix: Array
    bad: Array
    names: tuple[str, ...]
    directions: tuple[int, ...]

    def rows(self, mask: Array) -> "Training":
        """Return the rows of a mask."""
        return self._replace(matrix=self.matrix[mask], bad=self.bad[mask])


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


def tree_parameters(settings: Trees, data: Training) -> dict[str, Any]:
    """Return the XGBoost parameters that forest and boosting share."""
    return {
        "tree_method": "hist",
        "base_score": 0.5,
        "max_depth": settings.max_depth,
        "min_child_weight": settings.min_child_weight,
        "subsample": settings.subsample,
        "reg_lambda": settings.l2,
        "max_bin": settings.max_bin,
        "monotone_constraints": monotone_text(data.directions),
    }


def monotone_text(directions: Sequence[int]) -> str:
    """Return directions in XGBoost's form, ``(1,0,-1)``."""
    return f"({','.join(map(str, directions))})"
