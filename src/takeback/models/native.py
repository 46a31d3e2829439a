"""The native form of a tree model, for what the packaged form cannot do."""

from collections.abc import Callable
from pathlib import Path

from takeback.data.expressions import Array

NATIVE = "model.ubj"


def tree_contributions(folder: Path) -> Callable[[Array], Array] | None:
    """Return TreeSHAP (Lundberg et al. 2020) of a candidate, as XGBoost computes it; None if it has no trees.

    The function takes a matrix of shape (n, d) and returns what each input adds to the log-odds, shape (n, d).
    """
    if not (folder / NATIVE).exists():
        return None
    from xgboost import Booster, DMatrix

    booster = Booster(model_file=folder / NATIVE)
    return lambda matrix: booster.predict(DMatrix(matrix), pred_contribs=True)[:, :-1]
