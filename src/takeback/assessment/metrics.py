"""The metrics of a candidate: one entry of `METRICS` each, scikit-learn's where it has them.

To add one, write a function of the scored table (`takeback.assessment.scored`) and of a weight for each row, as
scikit-learn's ``sample_weight``, and name it in `METRICS`. Its value, its interval and its line in every comparison
follow. The interval weighs the applicants anew some hundred times; where that takes long, give the function for many
weights at once too. scikit-learn is named here and imported when a value is asked for: comparisons and intervals need
none of it, and it takes longer to be imported than they do.
"""

from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from takeback.assessment import calibration_measures as calibration
from takeback.assessment import weighted
from takeback.assessment.weighted import RANKING, SMALLEST, Weighted, average, column, decided, declined
from takeback.data.expressions import Array
from takeback.decisions.policy import APPROVE, DECLINE, REFER

Value = Callable[[pd.DataFrame, Array | None], float]


class Metric(NamedTuple):
    """The value for one set of weights, None being 1 for all, and for many, (replicates, n), at once.

    Without the second it has no interval, as a p-value. ``grows`` marks what a resample makes larger than it is, such
    as the best of many cuts: its interval lies on the other side.
    """

    value: Value
    many: Weighted | None
    grows: bool = False


def values(scored: pd.DataFrame, part: str) -> dict[str, float | None]:
    """Return the metrics of one part (``ranking``, ``probability``, ``decision``); None where one is not defined."""
    names = [name for name in METRICS if name.startswith(f"{part}.")]
    found = {name.removeprefix(f"{part}."): METRICS[name].value(scored, None) for name in names}
    return {name: float(value) if np.isfinite(value) else None for name, value in found.items()}


def replicates(scored: pd.DataFrame, weights: Array, names: Collection[str]) -> dict[str, Array]:
    """Return some of `METRICS` for weights of shape (replicates, n), each of shape (replicates,)."""
    sorted_once = weighted.ranking_measures(scored, weights, [name for name in names if name in RANKING])
    others = {name: many(scored, weights) for name in names if name not in RANKING and (many := METRICS[name].many)}
    return {name: found for name in names if (found := {**sorted_once, **others}.get(name)) is not None}


def one_by_one(value: Value) -> Weighted:
    """Return the same for many weights: what a metric without a faster way uses."""
    return lambda scored, weights: np.array([value(scored, row) for row in weights])


def once(many: Weighted) -> Value:
    """Return the same for one set of weights: what scikit-learn does not have."""

    def value(scored: pd.DataFrame, weight: Array | None) -> float:
        return float(many(scored, np.ones((1, len(scored))) if weight is None else weight[None])[0])

    return value


def _scikit_learn(score: str) -> Callable[..., Any]:
    """Return a function of ``sklearn.metrics``."""
    return getattr(import_module("sklearn.metrics"), score)


def _of_ranking(score: str, made: Callable[[Any], float] = float) -> Value:
    """Return what is made of a score of outcomes and PDs; NaN where all applicants have one outcome."""

    def value(scored: pd.DataFrame, weight: Array | None) -> float:
        bad = column(scored, "bad")
        if len(set(bad if weight is None else bad[weight > 0])) < 2:
            return np.nan
        return made(_scikit_learn(score)(bad, column(scored, "pd"), sample_weight=weight))

    return value


def _gini(auc: float) -> float:
    return 2 * auc - 1


def _largest_distance(curve: tuple[Array, Array, Array]) -> float:
    flagged, found, _ = curve
    return float((found - flagged).max())


def _of_probability(score: str, smallest: float = 0.0, **settings: Any) -> Value:
    """Return a score of outcomes and PDs, kept so far from 0 and 1, that is defined for one outcome too."""

    def value(scored: pd.DataFrame, weight: Array | None) -> float:
        pds = np.clip(column(scored, "pd"), smallest, 1 - smallest)
        return float(_scikit_learn(score)(column(scored, "bad"), pds, sample_weight=weight, **settings))

    return value


def _of_declines(score: str, **settings: Any) -> Value:
    """Return a score of outcomes and declines."""

    def value(scored: pd.DataFrame, weight: Array | None) -> float:
        return float(_scikit_learn(score)(column(scored, "bad"), declined(scored), sample_weight=weight, **settings))

    return value


def _ours(many: Weighted, grows: bool = False) -> Metric:
    """Return a metric that scikit-learn does not have, or that is a plain mean."""
    return Metric(once(many), many, grows)


def _without_interval(of: Callable[[pd.DataFrame], float]) -> Metric:
    """Return a metric of applicants that all weigh the same."""

    def value(scored: pd.DataFrame, weight: Array | None) -> float:
        if weight is not None:
            raise ValueError("this metric has no weights")
        return of(scored)

    return Metric(value, None)


def _of(name: str) -> Callable[[pd.DataFrame], Array]:
    return lambda scored: column(scored, name)


def _share(decision: str) -> Callable[[pd.DataFrame], Array]:
    return lambda scored: decided(scored, decision)


def _squared_errors(scored: pd.DataFrame) -> Array:
    return (column(scored, "pd") - column(scored, "bad")) ** 2


def _right(scored: pd.DataFrame) -> Array:
    return (declined(scored) == column(scored, "bad")).astype(float)


METRICS: dict[str, Metric] = {
    "ranking.auc": Metric(_of_ranking("roc_auc_score"), weighted.ranking("ranking.auc")),
    "ranking.gini": Metric(_of_ranking("roc_auc_score", _gini), weighted.ranking("ranking.gini")),
    "ranking.ks": Metric(_of_ranking("roc_curve", _largest_distance), weighted.ranking("ranking.ks"), grows=True),
    "ranking.average_precision": Metric(
        _of_ranking("average_precision_score"), weighted.ranking("ranking.average_precision")
    ),
    "ranking.h_measure": _ours(weighted.ranking("ranking.h_measure"), grows=True),
    "ranking.emp": _ours(weighted.ranking("ranking.emp"), grows=True),
    "probability.brier": Metric(_of_probability("brier_score_loss", pos_label=1), average(_squared_errors)),
    "probability.log_loss": Metric(_of_probability("log_loss", SMALLEST, labels=[0, 1]), average(weighted.log_losses)),
    "probability.calibration_odds": _ours(calibration.calibration_odds),
    "probability.calibration_slope": _ours(calibration.calibration_slope),
    "probability.calibration_error": _ours(weighted.calibration_error, grows=True),
    "probability.calibration_error_debiased": _without_interval(calibration.debiased_calibration_error),
    "probability.spiegelhalter_p": _without_interval(calibration.spiegelhalter_p),
    "probability.hosmer_lemeshow_p": _without_interval(calibration.hosmer_lemeshow_p),
    "probability.brier_reliability": _without_interval(calibration.brier_reliability),
    "probability.brier_resolution": _without_interval(calibration.brier_resolution),
    "probability.brier_uncertainty": _without_interval(calibration.brier_uncertainty),
    "probability.mean_pd": _ours(average(_of("pd"))),
    "probability.bad_rate": _ours(average(_of("bad"))),
    "decision.approve_rate": _ours(average(_share(APPROVE))),
    "decision.refer_rate": _ours(average(_share(REFER))),
    "decision.decline_rate": _ours(average(_share(DECLINE))),
    "decision.bad_rate_among_approved": _ours(average(_of("bad"), _share(APPROVE))),
    "decision.profit_per_application": _ours(average(_of("profit"))),
    "decision.profit_per_amount": _ours(average(_of("profit"), _of("amount"))),
    "decision.decline_precision": Metric(
        _of_declines("precision_score", zero_division=0), average(_of("bad"), declined, empty=0)
    ),
    "decision.decline_recall": Metric(
        _of_declines("recall_score", zero_division=0), average(declined, _of("bad"), empty=0)
    ),
    "decision.decline_f1": Metric(_of_declines("f1_score", zero_division=0), weighted.decline_f1),
    "decision.decline_accuracy": Metric(_of_declines("accuracy_score"), average(_right)),
}
