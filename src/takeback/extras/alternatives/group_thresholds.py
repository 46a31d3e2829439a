"""A comparison, no alternative: what a threshold of its own for each group would give (Hardt, Price and Srebro 2016).

It needs the group of everybody who applies, and flips a coin between two thresholds. Neither can be released.
"""

from typing import Any

import numpy as np
from fairlearn.postprocessing import ThresholdOptimizer
from sklearn.base import BaseEstimator, ClassifierMixin

from takeback.data.expressions import Array
from takeback.decisions.policy import APPROVE, DECISIONS, profit
from takeback.decisions.scoring import score
from takeback.extras.alternatives.evaluation import Group, calibrated, divide, fitted
from takeback.extras.alternatives.space import changed
from takeback.extras.alternatives.trials import PROFIT, RATIO, Subject
from takeback.preparation.parts import Part

APPROVED = "approve_rate"
# the PDs of a part of the applicants, and the part
Rated = tuple[Array, Part]


def compare_thresholds(subject: Subject, kind: str, resplit: int) -> dict[str, dict[str, Any]]:
    """Return what thresholds by group would give to the present settings, for each judged attribute.

    Parameters
    ----------
    subject
        Settings, applicants and judged groups.
    kind
        The candidate whose PDs are used.
    resplit
        Divides the applicants, and is added to the seed of training, as in `takeback.extras.alternatives.trials`.

    Returns
    -------
    dict
        By attribute: profit per application, the smallest approval ratio of all judged groups, and the approval rate,
        each expected over the coin; None for all three if a group had good or bad payers only.
    """
    settings = changed(subject.base, {"training.seed": subject.base["training"]["seed"] + resplit})
    fitting, calibrating, validating = divide(subject.pool, resplit)
    scorer = calibrated(settings, kind, fitted(settings, kind, fitting), calibrating)
    calibration, validation = ((score(scorer, part.columns).pd, part) for part in (calibrating, validating))
    attributes = dict.fromkeys(attribute for attribute, _ in subject.judged)
    references = {name: settings.data.protected[name].reference for name in attributes}
    bad = validating.bad.to_numpy()
    earned = profit(settings.policy, np.full(len(bad), DECISIONS.index(APPROVE)), bad)
    found = {}
    for name in attributes:
        approves = approval_probability(calibration, validation, name)
        if approves is None:
            found[name] = dict.fromkeys((PROFIT, RATIO, APPROVED))
            continue
        ratios = [_ratio(approves, validating, group, references) for group in subject.judged]
        values = (approves * earned).mean(), min(ratios), approves.mean()
        found[name] = dict(zip((PROFIT, RATIO, APPROVED), map(float, values), strict=True))
    return found


def approval_probability(calibration: Rated, validation: Rated, attribute: str) -> Array | None:
    """Return the probability that each of those who validate is approved, shape (n,); every group's mean is alike.

    The objective is balanced accuracy: fairlearn knows no profit, and a plain accuracy would approve nearly everybody.
    None if there is a group for which no threshold can be found: it has good or bad payers only, or nobody.
    """
    (known, calibrating), (pd, validating) = calibration, validation
    outcomes = calibrating.bad.groupby(calibrating.groups[attribute]).nunique()
    if not validating.groups[attribute].isin(outcomes.index[outcomes == 2]).all() or outcomes.min() < 2:
        return None
    optimizer = ThresholdOptimizer(
        estimator=_Given(), objective="balanced_accuracy_score", prefit=True, predict_method="predict_proba"
    )
    optimizer.fit(known[:, None], 1 - calibrating.bad, sensitive_features=calibrating.groups[attribute])
    # its public `predict` throws the coin
    return optimizer._pmf_predict(pd[:, None], sensitive_features=validating.groups[attribute])[:, 1]


class _Given(ClassifierMixin, BaseEstimator):
    """A classifier of one column, the PD, as if it were fitted; a good outcome is its positive class."""

    classes_ = np.array([0, 1])

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, matrix: Array, good: Array) -> "_Given":
        return self

    def predict_proba(self, matrix: Array) -> Array:
        return np.column_stack([matrix[:, 0], 1 - matrix[:, 0]])


def _ratio(approves: Array, part: Part, group: Group, references: dict[str, str]) -> float:
    attribute, name = group
    members = part.groups[attribute].to_numpy()
    return float(approves[members == name].mean() / approves[members == references[attribute]].mean())
