"""From a fitted estimator to the form that a bundle holds, checked against the estimator."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

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


class CannotPackageError(ValueError):
    """An estimator, or a step of a Pipeline, that has no packaged form."""


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
    what = type(estimator).__name__
    try:
        form = _FORMS[type(estimator).__module__.partition(".")[0]](estimator, data.names)
    except CannotPackageError as error:
        raise UserError(f"{PLACE}{name}: {what} cannot be packaged: {error}") from None
    _check(f"{PLACE}{name}: {what}", form, estimator, data)
    return form.model


def _ours(estimator: Any, names: Sequence[str]) -> Form:
    return Form(estimator.packaged(names), estimator.probability_of)


_FORMS: dict[str, Callable[[Any, Sequence[str]], Form]] = {"takeback": _ours}


def probes(matrix: Array) -> Array:
    """Return rows to compare on: some as they are, some with each column shuffled, and each column missing in turn."""
    random = np.random.default_rng(SEED)
    some = matrix[random.permutation(len(matrix))[:ROWS]]
    mixed = np.column_stack([random.permutation(column) for column in some.T])
    missing = np.repeat(some[:3], some.shape[1], axis=0)
    missing[np.arange(len(missing)), np.arange(len(missing)) % some.shape[1]] = np.nan
    return np.concatenate([some, mixed, missing])


def _check(what: str, form: Form, estimator: Any, data: Training) -> None:
    rows = probes(data.matrix)
    try:
        expected = estimator.predict_proba(rows)[:, 1]
    except ValueError:
        expected = np.full(len(rows), np.nan)
    found = form.probability(form.model.margin(rows))
    if not (np.isfinite(expected) & np.isfinite(found)).all():
        raise UserError(
            f"{what} gives no score where an input is missing; expected an estimator that does, or a Pipeline whose "
            "first step fills it in, such as sklearn.impute.SimpleImputer."
        )
    if (largest := float(np.abs(found - expected).max())) > TOLERANCE:
        raise UserError(
            f"{what}, packaged as {type(form.model).__name__}, differs from itself by up to {largest:.2g} in a "
            f"probability; expected at most {TOLERANCE:g}."
        )
