"""Our estimators are scikit-learn's: its own checks, and what the settings say of their parameters."""

import inspect

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from takeback.config.candidate_settings import OURS
from takeback.models.boosting import BoostingClassifier
from takeback.models.forest import ForestClassifier
from takeback.models.logistic import ScorecardClassifier
from takeback.models.rule import PointsRule
from takeback.models.targets import estimator_class, parameter_names

GIVEN = {"monotonic_cst", "random_state", "checkpoints"}  # by the pipeline
ROWS_AS_WEIGHTS = "bins are cut and rows are sampled without looking at the weights: two rows are not one that counts 2"
NOT_MET = {
    "check_sample_weight_equivalence_on_dense_data": ROWS_AS_WEIGHTS,
    "check_class_weight_classifiers": "the settings know none and balanced alone, not a weight for each class",
}
FEW = {"max_rounds": 20, "checkpoint_rounds": 10, "early_stopping_rounds": 5, "min_child_weight": 0.1, "folds": 2}


@pytest.mark.parametrize(
    "estimator",
    [
        ScorecardClassifier(l2=0.1),
        ForestClassifier(trees=20, min_child_weight=0.1),
        BoostingClassifier(**FEW, learning_rate=0.5, l2=0.1),
    ],
    ids=["scorecard", "forest", "boosting"],
)
def test_scikit_learns_own_checks(estimator):
    results = check_estimator(estimator, expected_failed_checks=NOT_MET, on_skip=None)
    statuses = [result["status"] for result in results]
    assert statuses.count("passed") > 30
    assert set(statuses) <= {"passed", "xfail", "skipped"}


@pytest.mark.parametrize("target", OURS)
def test_a_form_has_the_parameters_of_its_estimator(target):
    fields = {name for name in OURS[target].model_fields if name != "target"}
    assert fields == set(parameter_names(estimator_class(target, "x"))) - GIVEN


@pytest.mark.parametrize("target", OURS)
def test_an_estimator_is_documented(target):
    text = inspect.getdoc(estimator_class(target, "x"))
    assert all(name in text for name in parameter_names(estimator_class(target, "x")))


POINTS = {
    "late": {"edges": (1, 2), "points": (0, 20, 50), "missing": 10, "reason": "late"},
    "income": {"edges": (0,), "points": (30, 0), "missing": 5, "reason": "low"},
}


def test_a_rule_gives_its_points_and_declines_from_a_total():
    matrix = np.array([[0, 1], [1, 1], [2, -1], [np.nan, np.nan]], dtype=np.float32)
    rule = clone(PointsRule(POINTS, 50)).fit(matrix, np.array(["good", "bad", "good", "bad"]))
    assert rule.margin(matrix).tolist() == [0, 20, 80, 15]
    assert rule.predict_proba(matrix)[:, 1].tolist() == [0, 0.25, 1, 15 / 80]
    assert rule.predict(matrix).tolist() == ["bad", "bad", "good", "bad"]  # the second class in sorted order


@pytest.mark.parametrize("made", [ScorecardClassifier, ForestClassifier, BoostingClassifier])
def test_a_weight_counts(training, made):
    few = FEW if made is BoostingClassifier else {}
    weight = np.where(training.bad == 1, 3.0, 1.0)
    plain, weighted = (made(**few).fit(training.matrix, training.bad, w) for w in (None, weight))
    assert (
        weighted.predict_proba(training.matrix)[:, 1].mean() > plain.predict_proba(training.matrix)[:, 1].mean() + 0.1
    )
