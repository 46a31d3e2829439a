"""From the settings of a candidate to its fitted estimator and packaged form.

A candidate is a scikit-learn estimator that a file in ``conf/model/`` names. What the pipeline knows and a file cannot,
it passes where the estimator takes it: directions of the contract, weights of rows, the seed, a folder for checkpoints.
With ``training.reduction`` the estimator is fitted many times, under a constraint of fairness, and one model is kept.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import get_tags
from threadpoolctl import threadpool_limits

from takeback.common.errors import UserError
from takeback.config.candidate_settings import TARGET
from takeback.config.params import Config, Reduction
from takeback.models.packaged import Packaged
from takeback.models.packaging import package
from takeback.models.targets import PLACE, build, parameter_names
from takeback.models.training import Training, passed_to_fit, taken

DIRECTIONS = ("monotonic_cst", "monotone_constraints")  # scikit-learn's name, and that of XGBoost and LightGBM
LONGEST = 500  # of what a library says


class Candidate(NamedTuple):
    """A fitted estimator, its packaged form, and how training went."""

    estimator: Any
    model: Packaged
    details: dict[str, Any]
    curve: list[dict[str, float]]


def estimator_of(settings: Config, name: str, directions: tuple[int, ...] = (), checkpoints: Path | None = None) -> Any:
    """Build the estimator of a candidate, with what the pipeline passes.

    Parameters
    ----------
    settings
        All settings.
    name
        The candidate, a key of ``settings.model``.
    directions
        The monotone direction of each column, from the contract.
    checkpoints
        A folder for the checkpoints of a long training.

    Raises
    ------
    UserError
        If its settings name no estimator that may be used, a parameter that it does not have, or an estimator that
        takes no weights of rows where a reduction needs them.
    """
    content = settings.model[name].model_dump(by_alias=True)
    estimator = build(name, content)
    own = [key for key in parameter_names(type(estimator)) if key not in content]
    passed: dict[str, Any] = {key: tuple(directions) for key in DIRECTIONS if key in own and any(directions)}
    reduction = settings.training.reduction if get_tags(estimator).requires_fit else None
    if checkpoints and "checkpoints" in own and not reduction:  # of many models none could tell its own
        passed["checkpoints"] = str(checkpoints)
    if "n_jobs" in own and not content[TARGET].startswith("sklearn."):  # whose None is one thread, not all
        passed["n_jobs"] = 1
    seeds = [key for key, value in estimator.get_params().items() if value is None and key.endswith("random_state")]
    estimator.set_params(**passed, **dict.fromkeys(seeds, settings.training.seed))
    return _reduced(name, estimator, reduction) if reduction else estimator


def _reduced(name: str, estimator: Any, reduction: Reduction) -> Any:
    from takeback.models.reductions import ReducedClassifier  # loads fairlearn

    if "sample_weight" not in taken(estimator, {"sample_weight": None}):
        found = type(estimator).__name__
        raise UserError(f"{PLACE}{name}: {found} takes no weights of rows; training.reduction needs one that does.")
    return ReducedClassifier(estimator, **reduction.model_dump(exclude={"by"}))


def fit(settings: Config, name: str, data: Training, checkpoints: Path) -> Candidate:
    """Fit one candidate and package it.

    Raises
    ------
    UserError
        If the estimator cannot be built, does not train, or has no packaged form that does what it does.
    """
    estimator = estimator_of(settings, name, data.directions, checkpoints)
    given = taken(estimator, passed_to_fit(data) | {"watched": data.groups})
    try:
        with threadpool_limits(1, user_api="blas"):
            estimator.fit(data.matrix, data.bad, **given)
    except Exception as error:  # LightGBM's own has no other class
        raise UserError(f"{PLACE}{name}: {_why(error, data)}") from None
    details = {**getattr(estimator, "details_", {}), **_not_held(estimator, data)}
    return Candidate(estimator, package(name, kept(estimator), data), details, getattr(estimator, "curve_", []))


def kept(estimator: Any) -> Any:
    """Return the fitted model that a reduction kept; any other estimator as it is."""
    return getattr(estimator, "member_", estimator)


def _not_held(estimator: Any, data: Training) -> dict[str, str]:
    """Return what was asked of the training and the estimator does not take, for the training metrics."""
    if not get_tags(estimator).requires_fit:
        return {}
    names = parameter_names(type(kept(estimator)))
    asked = {
        "directions": any(data.directions) and not any(key in names for key in DIRECTIONS),
        "row_weights": data.weight is not None
        and bool((data.weight != 1).any())
        and not taken(estimator, {"sample_weight": data.weight}),
    }
    return {key: "not held" for key, wanting in asked.items() if wanting}


def _why(error: Exception, data: Training) -> str:
    said = " ".join(str(error).split())[:LONGEST]
    if "NaN" in said and np.isnan(data.matrix).any():
        empty = [name for name, column in zip(data.names, data.matrix.T, strict=True) if np.isnan(column).any()]
        return (
            f"takes no missing values, and there are some in {', '.join(empty[:3])}; expected an estimator that does, "
            "or a Pipeline whose first step fills them in, such as sklearn.impute.SimpleImputer."
        )
    return f"does not train: {said}"
