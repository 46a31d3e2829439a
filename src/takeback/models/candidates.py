"""The four candidates behind one interface: fit and contributions; `packaged` saves and loads them.

Libraries are imported where they are used: the rule needs none, and importing XGBoost takes longer than most stages.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from takeback.config.params import Models
from takeback.data.expressions import Array
from takeback.models.packaged import Packaged
from takeback.models.scorecard import Scorecard
from takeback.models.training import Training

if TYPE_CHECKING:
    import xgboost


class Candidate(NamedTuple):
    """A fitted model: its packaged form, its native one if that is another, and how training went."""

    model: Packaged
    native: "xgboost.Booster | None"
    cv_auc: list[float]
    details: dict[str, Any]
    curve: list[dict[str, float]]


def fit(name: str, settings: Models, data: Training, checkpoints: Path) -> Candidate:
    """Fit one candidate.

    Parameters
    ----------
    name
        One of the settings' ``candidates``.
    settings
        The settings of all candidates.
    data
        Training data; for the rule, with the rule's own inputs.
    checkpoints
        A folder for the checkpoints of a long training.
    """
    return _FITS[name](settings, data, checkpoints)


def contributions(candidate: Candidate, matrix: Array) -> Array:
    """Return what each input adds to each row's margin, shape (n, d): TreeSHAP for trees, points for a scorecard.

    TreeSHAP is Lundberg et al. (2020), as XGBoost computes it.
    """
    if isinstance(candidate.model, Scorecard):
        return candidate.model.contributions(matrix)
    assert candidate.native is not None
    from xgboost import DMatrix

    return candidate.native.predict(DMatrix(matrix), pred_contribs=True)[:, :-1]


def _rule(settings: Models, data: Training, checkpoints: Path) -> Candidate:
    from takeback.models.rule import rule_scorecard

    return Candidate(rule_scorecard(settings.rule), None, [], {}, [])


def _logistic(settings: Models, data: Training, checkpoints: Path) -> Candidate:
    from takeback.models.cross_validation import cross_validated_auc
    from takeback.models.logistic import fit_logistic

    def predictor(part: Training) -> Callable[[Array], Array]:
        return fit_logistic(settings.logistic, part).margin

    auc = cross_validated_auc(predictor, data, settings.logistic.folds, settings.logistic.seed)
    return Candidate(fit_logistic(settings.logistic, data), None, auc, {}, [])


def _forest(settings: Models, data: Training, checkpoints: Path) -> Candidate:
    from takeback.models.cross_validation import cross_validated_auc
    from takeback.models.export import to_onnx
    from takeback.models.forest import base_score, fit_forest

    def predictor(part: Training) -> Callable[[Array], Array]:
        return fit_forest(settings.forest, part).inplace_predict

    auc = cross_validated_auc(predictor, data, settings.forest.folds, settings.forest.seed)
    booster = fit_forest(settings.forest, data)
    return Candidate(
        to_onnx(booster, data.names, base_score(data, settings.forest)),
        booster,
        auc,
        {"trees": settings.forest.trees},
        [],
    )


def _xgboost(settings: Models, data: Training, checkpoints: Path) -> Candidate:
    from takeback.models.boosting import fit_boosting
    from takeback.models.checkpoints import Checkpoints, fingerprint
    from takeback.models.export import to_onnx

    key = fingerprint(settings.xgboost.model_dump(), data)
    boosted = fit_boosting(settings.xgboost, data, Checkpoints(checkpoints, key))
    model = to_onnx(boosted.booster, data.names, base=0.0)
    return Candidate(model, boosted.booster, boosted.cv_auc, {"rounds": boosted.rounds}, boosted.curve)


_FITS: dict[str, Callable[[Models, Training, Path], Candidate]] = {
    "rule": _rule,
    "logistic": _logistic,
    "forest": _forest,
    "xgboost": _xgboost,
}
