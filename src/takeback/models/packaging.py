"""From a fitted estimator to the form that a bundle holds, checked against the estimator.

A new kind of estimator is one line in `FORMS`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit

from takeback.common.errors import UserError
from takeback.data.expressions import Array
from takeback.models.packaged import Packaged
from takeback.models.targets import PLACE
from takeback.models.training import Training

TOLERANCE = 1e-5  # of a probability; float32 sums of some hundred trees differ by a tenth of it
ROWS, SEED = 2000, 20


class Form(NamedTuple):
    """A packaged model, and what makes a probability of its margin as the estimator gives it."""

    model: Packaged
    probability: Callable[[Array], Array]


def package(name: str, estimator: Any, data: Training) -> Packaged:
    """Return the packaged form of a candidate.

    Parameters
    ----------
    name
        The candidate, for messages.
    estimator
        Its fitted estimator.
    data
        What it was trained on.

    Raises
    ------
    UserError
        If there is no such form, or it gives other probabilities than the estimator or none to a missing value.
    """
    kind = type(estimator).__name__
    convert = _ours if hasattr(estimator, "packaged") else FORMS.get(kind)
    if convert is None:
        raise UserError(f"{PLACE}{name}: {kind} cannot be packaged; expected one of ours, or {', '.join(FORMS)}.")
    try:
        form = convert(estimator, data.names)
        _check(form, estimator, probes(data.matrix))
    except ValueError as error:
        raise UserError(f"{PLACE}{name}: {kind} cannot be packaged: {error}.") from None
    return form.model


def _ours(estimator: Any, names: Sequence[str]) -> Form:
    return Form(estimator.packaged(names), estimator.probability_of)


def _histogram(estimator: Any, names: Sequence[str]) -> Form:
    from takeback.models.tree_tables import histogram_trees, trees_to_onnx

    return Form(trees_to_onnx(*histogram_trees(estimator), names), expit)


def _averaged(estimator: Any, names: Sequence[str]) -> Form:
    from takeback.models.tree_tables import averaged_trees, trees_to_onnx

    return Form(trees_to_onnx(*averaged_trees(estimator), names), np.asarray)


def _lightgbm(estimator: Any, names: Sequence[str]) -> Form:
    from takeback.models.tree_tables import lightgbm_trees, trees_to_onnx

    return Form(trees_to_onnx(*lightgbm_trees(estimator), names), expit)


def _xgboost(estimator: Any, names: Sequence[str]) -> Form:
    from takeback.models.export import base_margin, to_onnx

    booster = estimator.get_booster()
    base = base_margin(booster)
    return Form(to_onnx(booster, names, base), expit)


def _additive(estimator: Any, names: Sequence[str]) -> Form:
    from takeback.models.additive import sum_of_curves

    return Form(sum_of_curves(estimator, names), expit)


FORMS: dict[str, Callable[[Any, Sequence[str]], Form]] = {
    "HistGradientBoostingClassifier": _histogram,
    "RandomForestClassifier": _averaged,
    "ExtraTreesClassifier": _averaged,
    "DecisionTreeClassifier": _averaged,
    "LGBMClassifier": _lightgbm,
    "XGBClassifier": _xgboost,
    "Pipeline": _additive,
    "LogisticRegression": _additive,
}


def probes(matrix: Array) -> Array:
    """Return rows to compare on: some as they are, some with each column shuffled, and each column missing in turn."""
    random = np.random.default_rng(SEED)
    some = matrix[random.permutation(len(matrix))[:ROWS]]
    mixed = np.column_stack([random.permutation(column) for column in some.T])
    missing = np.repeat(some[:3], some.shape[1], axis=0)
    missing[np.arange(len(missing)), np.arange(len(missing)) % some.shape[1]] = np.nan
    return np.concatenate([some, mixed, missing])


def _check(form: Form, estimator: Any, rows: Array) -> None:
    difference = np.abs(form.probability(form.model.margin(rows)) - estimator.predict_proba(rows)[:, 1])
    if not (difference <= TOLERANCE).all():  # not a number is no small difference
        raise ValueError(
            f"as {type(form.model).__name__} it differs from itself by up to {difference.max():.2g} in a probability, "
            f"expected at most {TOLERANCE:g}"
        )
