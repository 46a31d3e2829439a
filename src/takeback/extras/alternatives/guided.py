"""Guiding the search: Optuna's multi-objective sampler and what it is told."""

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.trial import TrialState

from takeback.extras.alternatives.frontier import lower_ratio
from takeback.extras.alternatives.search_settings import Search
from takeback.extras.alternatives.space import KIND, Point, dimensions
from takeback.extras.alternatives.trials import PROFIT, RATIO, Trial, spread

SEED = 20
# A ratio beyond the limit by more than this is not rewarded further: the search shall look around the limit.
REWARDED = 0.05


def objectives(trial: Trial, limit: float) -> tuple[float, float] | None:
    """Return what the guided phase makes large: mean profit, and the ratio less one standard deviation.

    The second is what the rule looks at, capped a little beyond the limit. None if a measure is not defined.
    """
    profit, ratio = spread(trial.results, PROFIT).mean, lower_ratio(spread(trial.results, RATIO))
    return None if profit is None or ratio == float("-inf") else (profit, min(ratio, limit + REWARDED))


def new_study() -> optuna.Study:
    """Return an empty study of two values to make large."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna.create_study(directions=["maximize", "maximize"])


def guided_sampler() -> optuna.samplers.BaseSampler:
    """Return the multi-objective tree-structured Parzen estimator (Ozaki et al. 2022)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that an option may change in a later version
        return optuna.samplers.TPESampler(seed=SEED, constant_liar=False)


def suggest(trial: optuna.Trial, base: Mapping[str, Any], search: Search) -> Point:
    """Return the point that a study asks for next."""
    kind = trial.suggest_categorical(KIND, list(search.kinds))
    space = dimensions(base, search, kind)
    return {KIND: kind, **{name: _suggested(trial, name, values) for name, values in space.items()}}


def _suggested(trial: optuna.Trial, name: str, values: Sequence[Any]) -> Any:
    return json.loads(trial.suggest_categorical(name, [json.dumps(value) for value in values]))


def known_trial(base: Mapping[str, Any], search: Search, trial: Trial, limit: float) -> optuna.trial.FrozenTrial:
    """Return a trial that was not asked for in the form that a study takes in."""
    kind, values = trial.point[KIND], objectives(trial, limit)
    space = dimensions(base, search, kind)
    choices = {name: [json.dumps(value) for value in options] for name, options in space.items()}
    categories: dict[str, list[str]] = {KIND: list(search.kinds), **choices}
    params = {KIND: kind, **{name: json.dumps(trial.point[name]) for name in choices}}
    return optuna.trial.create_trial(
        state=TrialState.COMPLETE if values else TrialState.FAIL,
        values=values,
        params=params,
        distributions={name: optuna.distributions.CategoricalDistribution(c) for name, c in categories.items()},
    )


def tell(
    study: optuna.Study, batch: Sequence[optuna.Trial], points: Sequence[Point], tried: Sequence[Trial], limit: float
) -> None:
    """Tell a study what its batch gave, in the order of asking."""
    for asked, point in zip(batch, points, strict=True):
        trial = next((trial for trial in tried if trial.point == point), None)
        values = objectives(trial, limit) if trial else None
        study.tell(asked, values, state=TrialState.COMPLETE if values else TrialState.FAIL)
