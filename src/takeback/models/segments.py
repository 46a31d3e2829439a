"""Boosting in segments, so that a killed run resumes and ends with the same bytes."""

from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost
from tqdm import tqdm

from takeback.common.files import thread_count
from takeback.data.expressions import Array
from takeback.models.checkpoints import Checkpoints, History
from takeback.models.cross_validation import fold_masks
from takeback.models.fairness_curve import fairness_metric
from takeback.models.training import Training, row_weights, tree_parameters

if TYPE_CHECKING:
    from takeback.models.boosting import BoostingClassifier as Settings


def cross_validate(settings: "Settings", data: Training, checkpoints: Checkpoints) -> tuple[int, list[History]]:
    """Return the number of rounds with the lowest mean validation log loss, and each fold's learning curve.

    All folds go forward together, and stop when the best round lies ``early_stopping_rounds`` back.
    """
    masks = fold_masks(data.bad, settings.folds, settings.random_state or 0)
    best, step = 1, settings.checkpoint_rounds
    histories: list[History] = []
    with tqdm(total=settings.max_rounds, desc="cross-validation", unit="round", delay=2, leave=False) as progress:
        for until in range(step, settings.max_rounds + step, step):
            until = min(until, settings.max_rounds)
            histories = [_advance(settings, data, checkpoints, f"fold{i}", m, until)[1] for i, m in enumerate(masks)]
            best = int(np.argmin(np.mean([h["validation_logloss"][:until] for h in histories], axis=0))) + 1
            progress.update(until - progress.n)
            if best + settings.early_stopping_rounds <= until:
                break
    return best, histories


def final_model(settings: "Settings", data: Training, checkpoints: Checkpoints, rounds: int) -> xgboost.Booster:
    """Train on all rows."""
    return _advance(settings, data, checkpoints, "final", np.ones(len(data.bad), bool), rounds)[0]


def _advance(
    settings: "Settings", data: Training, checkpoints: Checkpoints, run: str, rows: Array, until: int
) -> tuple[xgboost.Booster, History]:
    """Train a run up to ``until`` rounds, from its checkpoint if there is one."""
    booster, history = checkpoints.load(run) or (None, {})
    done = booster.num_boosted_rounds() if booster else 0
    if booster and done >= until:
        return booster, history
    train, evals = _matrices(settings, data, rows)
    watch = fairness_metric(evals[1][0], data.rows(~rows).groups) if evals and data.groups else None
    while done < until:
        length = min(settings.checkpoint_rounds, until - done)
        segment: Any = {}
        parameters = boosting_parameters(settings, data, first_round=done)
        booster = xgboost.train(
            parameters,
            train,
            length,
            evals=evals,
            evals_result=segment,
            xgb_model=booster,
            verbose_eval=False,
            custom_metric=watch,
        )
        done += length
        history = _extended(history, segment)
        checkpoints.save(run, booster, history)
        booster, history = checkpoints.load(run) or (booster, history)
    assert booster is not None
    return booster, history


def boosting_parameters(settings: "Settings", data: Training, first_round: int) -> dict[str, Any]:
    """Return XGBoost's parameters for the segment that starts at ``first_round``."""
    return {
        **tree_parameters(settings, data),
        "objective": "binary:logistic",
        "base_score": 0.5,  # log-odds 0
        "eval_metric": ["logloss", "auc"],
        "learning_rate": settings.learning_rate,
        "colsample_bytree": settings.colsample,
        "seed": (settings.random_state or 0) + first_round,
        "nthread": thread_count(),
    }


def _matrices(settings: "Settings", data: Training, rows: Array) -> tuple[xgboost.DMatrix, list]:
    def matrix(mask: Array) -> xgboost.DMatrix:
        part = data.rows(mask)
        weight = row_weights(part, settings.class_weight)
        return xgboost.DMatrix(part.matrix, part.bad, weight=weight, nthread=thread_count())

    train = matrix(rows)
    return train, [] if rows.all() else [(train, "train"), (matrix(~rows), "validation")]


def _extended(history: History, segment: dict[str, dict[str, list[float]]]) -> History:
    new = {f"{part}_{metric}": values for part, metrics in segment.items() for metric, values in metrics.items()}
    return {key: [*history.get(key, []), *values] for key, values in new.items()}


def learning_curve(histories: list[History]) -> list[dict[str, float]]:
    """Return by round the mean over the folds of what was measured."""
    rounds = min(len(history["train_logloss"]) for history in histories)
    means = {key: np.mean([h[key][:rounds] for h in histories], axis=0) for key in histories[0]}
    return [{"round": i + 1, **{key: float(values[i]) for key, values in means.items()}} for i in range(rounds)]
