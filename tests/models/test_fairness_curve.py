"""The groups' PDs by round: the right numbers, and a model that does not know that it is watched."""

import numpy as np
import pytest
import xgboost
from sklearn.base import clone

from takeback.models.boosting import BoostingClassifier
from takeback.models.checkpoints import Checkpoints, fingerprint
from takeback.models.fairness_curve import MIN_MEMBERS, fairness_metric, pd_difference

RANDOM = np.random.default_rng(3)


@pytest.fixture(scope="module")
def watched(training):
    groups = {"income": np.where(training.matrix[:, 1] > 0, "high", "low"), "none": np.full(len(training.bad), "a")}
    return training._replace(groups=groups)


@pytest.fixture(scope="module")
def boosting(taiwan_config):
    given = taiwan_config.model["xgboost"].model_dump(exclude={"target"})
    return BoostingClassifier(**{**given, "checkpoint_rounds": 4, "max_rounds": 10, "folds": 2}, random_state=20)


def fitted(boosting, data, folder):
    estimator = clone(boosting).set_params(checkpoints=str(folder), monotonic_cst=data.directions)
    return estimator.fit(data.matrix, data.bad, watched=data.groups)


def test_worked_by_hand():
    pd = np.repeat([0.1, 0.3, 0.9], [100, 100, 10])
    members = np.repeat(["a", "b", "tiny"], [100, 100, 10])
    assert pd_difference(pd, members) == pytest.approx(0.2 / np.std(pd))


@pytest.mark.parametrize(
    ("pd", "members"),
    [
        (np.full(400, 0.2), np.repeat(["a", "b"], 200)),
        (np.linspace(0, 1, 400), np.full(400, "a")),
        (np.linspace(0, 1, 2 * MIN_MEMBERS - 1), np.repeat(["a", "b"], [MIN_MEMBERS, MIN_MEMBERS - 1])),
        (np.array([0.2]), np.array(["a"])),
    ],
    ids=["constant PDs", "one group", "a small group", "one applicant"],
)
def test_no_difference_to_speak_of(pd, members):
    assert pd_difference(pd, members) == 0


def test_only_the_validation_rows_are_measured():
    validation, train = (xgboost.DMatrix(RANDOM.random((400, 2))) for _ in range(2))
    metric = fairness_metric(validation, {"sex": np.repeat(["f", "m"], 200)})
    assert metric(RANDOM.random(400), train) == []
    [(name, value)] = metric(np.repeat([0.2, 0.4], 200), validation)
    assert (name, value) == ("pd_difference_sex", pytest.approx(2.0))


def test_watching_does_not_change_the_model(boosting, training, watched, tmp_path):
    plain = fitted(boosting, training, tmp_path / "a")
    seen = fitted(boosting, watched, tmp_path / "b")
    assert bytes(seen.booster_.save_raw("ubj")) == bytes(plain.booster_.save_raw("ubj"))
    assert "validation_pd_difference_income" not in plain.curve_[0]
    assert {row["validation_pd_difference_none"] for row in seen.curve_} == {0.0}


def test_the_curve_is_that_of_the_folds_models(boosting, watched, tmp_path, monkeypatch):
    """The last round, computed again from each fold's model."""
    from takeback.models.cross_validation import fold_masks

    monkeypatch.setattr(Checkpoints, "clear", lambda self: None)
    curve = fitted(boosting, watched, tmp_path).curve_
    settings = {name: value for name, value in boosting.get_params().items() if name != "checkpoints"}
    given = watched._replace(names=(), weight=np.ones(len(watched.bad)))
    store = Checkpoints(tmp_path, fingerprint({**settings, "monotonic_cst": watched.directions}, given))
    expected = []
    for i, mask in enumerate(fold_masks(watched.bad, boosting.folds, boosting.random_state)):
        booster, _ = store.load(f"fold{i}")
        held_out = watched.rows(~mask)
        expected.append(pd_difference(booster.inplace_predict(held_out.matrix), held_out.groups["income"]))
    assert curve[-1]["validation_pd_difference_income"] == pytest.approx(np.mean(expected), abs=1e-5)


def test_other_groups_are_another_run(boosting, watched, training):
    keys = {fingerprint(boosting.get_params(), data) for data in (training, watched)}
    assert len(keys) == 2
