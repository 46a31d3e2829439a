"""Training under a constraint of fairness: what the kept model is, and that it goes the way of every candidate."""

import numpy as np
import pytest
import yaml
from fairlearn.metrics import demographic_parity_difference
from fairlearn.reductions import DemographicParity, GridSearch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from takeback.common.errors import UserError
from takeback.config.params import parse_config
from takeback.models.candidates import estimator_of, fit, kept
from takeback.models.cross_validation import cross_validated_auc
from takeback.models.importance import contributions
from takeback.models.reductions import ReducedClassifier
from takeback.models.training import combined

METHODS = ["grid_search", "exponentiated_gradient"]
REDUCTION = {
    "method": "grid_search",
    "constraint": "demographic_parity",
    "by": ["sex"],
    "threshold": 0.4,
    "models": 6,
    "constraint_weight": 0.8,
}


@pytest.fixture(scope="module")
def unequal():
    """A matrix whose first column is nearly the group, the group, and outcomes that depend on both columns."""
    random = np.random.default_rng(3)
    group = random.integers(0, 2, 1500)
    matrix = np.column_stack([group + random.normal(0, 0.3, 1500), random.normal(0, 1, 1500)]).astype(np.float32)
    bad = (random.random(1500) < 1 / (1 + np.exp(1 - 1.5 * matrix[:, 0] - matrix[:, 1]))).astype(int)
    return matrix, np.where(group == 1, "b", "a"), bad


@pytest.fixture(scope="module")
def settings(params):
    """Return settings with a reduction, or with changes of it."""

    def changed(**changes):
        values = yaml.safe_load(params["taiwan"])
        values["training"] |= {"reweigh": [], "reduction": REDUCTION | changes}
        values["model"]["xgboost"] |= {"max_rounds": 6, "early_stopping_rounds": 3, "folds": 2}
        return parse_config(yaml.safe_dump(values), "params.yaml")

    return changed


@pytest.fixture(scope="module")
def sensitive(training):
    """The training data of the other tests, with a group that its first column tells."""
    group = np.where(training.matrix[:, 0] > np.median(training.matrix[:, 0]), "high", "low")
    return training._replace(sensitive=group)


def gap(model, matrix, bad, group):
    return demographic_parity_difference(bad, model.predict(matrix), sensitive_features=group)


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_predicted_more_alike_than_without(unequal, method):
    matrix, group, bad = unequal
    plain = LogisticRegression().fit(matrix, bad)
    reduced = ReducedClassifier(LogisticRegression(), method, models=30, constraint_weight=0.9).fit(matrix, bad, group)
    assert gap(plain, matrix, bad, group) > 0.25
    assert gap(reduced, matrix, bad, group) < 0.1
    assert roc_auc_score(bad, reduced.predict_proba(matrix)[:, 1]) > 0.6


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_of_a_grid_the_same_model_is_kept_as_fairlearn_keeps(unequal, weight):
    matrix, group, bad = unequal
    theirs = GridSearch(LogisticRegression(), DemographicParity(), constraint_weight=weight, grid_size=9)
    theirs.fit(matrix, bad, sensitive_features=group)
    ours = ReducedClassifier(LogisticRegression(), models=9, constraint_weight=weight).fit(matrix, bad, group)
    assert (ours.predict(matrix) == theirs.predict(matrix)).all()
    assert ours.details_["reduction"]["cost"] == pytest.approx(theirs.objectives_[theirs.best_idx_])


def test_a_wrong_approval_costs_more_where_the_threshold_is_low(unequal):
    matrix, group, bad = unequal
    declined = [
        ReducedClassifier(LogisticRegression(), threshold=threshold, constraint_weight=0.0)
        .fit(matrix, bad, group)
        .predict(matrix)
        .mean()
        for threshold in (0.2, 0.5, 0.8)
    ]
    assert declined[0] > declined[1] + 0.1
    assert declined[1] > declined[2] + 0.1


@pytest.mark.parametrize("method", METHODS)
def test_it_is_the_same_model_every_time_and_needs_no_group_to_score(unequal, method):
    matrix, group, bad = unequal
    first, second = (ReducedClassifier(LogisticRegression(), method).fit(matrix, bad, group) for _ in range(2))
    assert (first.predict_proba(matrix) == second.predict_proba(matrix)).all()
    assert (first.predict_proba(matrix) == first.member_.predict_proba(matrix)).all()


@pytest.mark.parametrize(
    ("name", "method"),
    [("logistic", "grid_search"), ("logistic", "exponentiated_gradient"), ("xgboost", "grid_search")],
)
def test_every_candidate_is_reduced_packaged_and_cross_validated(settings, sensitive, tmp_path, name, method):
    config = settings(method=method, models=2)
    candidate = fit(config, name, sensitive, tmp_path)
    unreduced = config.model_copy(update={"training": config.training.model_copy(update={"reduction": None})})
    plain = fit(unreduced, name, sensitive, tmp_path / "plain")
    assert not np.allclose(candidate.model.margin(sensitive.matrix), plain.model.margin(sensitive.matrix))
    assert candidate.details["reduction"]["models"] >= 1
    assert contributions(kept(candidate.estimator), candidate.model, sensitive.matrix[:9]).shape[0] == 9
    assert len(cross_validated_auc(candidate.estimator, sensitive, 2, 1)) == 2
    assert not list(tmp_path.glob("*.json")), "no checkpoint: many models would share it"


def test_the_rule_is_not_fitted_and_not_reduced(settings):
    assert not isinstance(estimator_of(settings(), "rule"), ReducedClassifier)


def test_directions_of_the_contract_hold_in_the_kept_model(settings, sensitive, tmp_path):
    model = fit(settings(), "xgboost", sensitive, tmp_path).model
    rows = np.zeros((8, sensitive.matrix.shape[1]), dtype=np.float32)
    rows[:, 0] = np.arange(8)
    assert (np.diff(model.margin(rows)) >= 0).all()


def test_an_estimator_without_weights_of_rows_is_refused(params):
    values = yaml.safe_load(params["taiwan"])
    values["training"] |= {"reweigh": [], "reduction": REDUCTION}
    values["model"]["near"] = {"_target_": "sklearn.neighbors.KNeighborsClassifier"}
    config = parse_config(yaml.safe_dump(values), "params.yaml")
    with pytest.raises(UserError, match=r"model\.near: KNeighborsClassifier takes no weights of rows"):
        estimator_of(config, "near")


@pytest.mark.parametrize(
    ("reweigh", "changes", "words"),
    [
        (["age"], {}, "training.reduction: sets the weight of each row, as reweighing does"),
        ([], {"by": ["income"]}, "training.reduction.by: found 'income'; expected protected attributes"),
        ([], {"by": []}, "training.reduction.by"),
        ([], {"method": "magic"}, "training.reduction.method"),
        ([], {"threshold": 1.0}, "training.reduction.threshold"),
    ],
)
def test_a_reduction_that_cannot_be_is_one_message(params, reweigh, changes, words):
    values = yaml.safe_load(params["taiwan"])
    values["training"] |= {"reweigh": reweigh, "reduction": REDUCTION | changes}
    with pytest.raises(UserError) as error:
        parse_config(yaml.safe_dump(values), "params.yaml")
    assert words in str(error.value)


def test_combinations_of_groups_are_told_apart():
    found = combined([np.array(["a", "a,b", "a"]), np.array(["b,c", "c", "c"])])
    assert len(set(found)) == 3
