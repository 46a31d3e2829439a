"""One alternative on one resplit, held against the stages' own steps and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from takeback.data.encoding import directions, encoded_names, matrix
from takeback.decisions.calibration_fits import fit_calibrator
from takeback.decisions.policy import choose_thresholds, decide
from takeback.decisions.scoring import thin_files
from takeback.extras.alternatives.evaluation import divide, evaluate, judged_groups
from takeback.extras.alternatives.space import changed
from takeback.models.candidates import fit
from takeback.models.training import Training
from tests.extras.alternatives.conftest import JUDGED


@pytest.fixture(scope="module")
def plain(subject):
    """The scorecard with every feature, so that the selection has nothing to say."""
    return changed(subject.base, {"features.min_information_value": 0.0, "features.max_correlation": 1.0})


def test_it_is_what_the_steps_give_by_hand(subject, plain, taiwan, tmp_path):
    found = evaluate(plain, "logistic", subject.pool, JUDGED, 1)
    fitting, calibrating, validating = divide(subject.pool, 1)
    names = encoded_names(taiwan, taiwan.features)
    data = Training(matrix(taiwan, fitting.columns, names), fitting.bad, names, directions(taiwan, names), {})
    model = fit(plain, "logistic", data, tmp_path).model
    calibrator = fit_calibrator("auto", model.margin(matrix(taiwan, calibrating.columns, names)), calibrating.bad)
    pd = calibrator(model.margin(matrix(taiwan, calibrating.columns, names)))
    thresholds = choose_thresholds(plain.policy, pd, thin_files(taiwan, calibrating.columns))
    pd = calibrator(model.margin(matrix(taiwan, validating.columns, names)))
    decision = decide(thresholds, pd, thin_files(taiwan, validating.columns))
    assert found["auc"] == pytest.approx(roc_auc_score(validating.bad, pd))
    policy = plain.policy
    time = min(1, policy.max_referral_rate / (decision == 1).mean())
    earned = {
        (0, 0): policy.return_rate,
        (0, 1): -policy.loss_given_default,
        (1, 0): time * (policy.analyst_approves_good * policy.return_rate - policy.review_cost),
        (1, 1): time * (-policy.analyst_approves_bad * policy.loss_given_default - policy.review_cost),
    }
    by_hand = [earned.get((int(d), int(b)), 0.0) for d, b in zip(decision, validating.bad, strict=True)]
    assert found["profit_per_application"] == pytest.approx(np.mean(by_hand))
    young, reference = (validating.groups["age"] == g for g in ("under_25", "35_to_50"))
    ratio = (decision[young] == 0).mean() / (decision[reference] == 0).mean()
    assert found["ratios"]["age.under_25"] == pytest.approx(ratio)
    assert found["smallest_ratio"] == min(found["ratios"].values())


def test_parts_of_a_division_share_nobody_and_hold_everybody(subject):
    parts = [set(part.ids) for part in divide(subject.pool, 3)]
    assert sum(map(len, parts)) == len(subject.pool.bad) == len(set.union(*parts))
    assert [len(part) / len(subject.pool.bad) for part in parts] == pytest.approx([0.6, 0.2, 0.2], abs=0.06)
    assert parts[0] != set(divide(subject.pool, 4)[0].ids)


def test_an_applicant_is_on_the_same_side_however_many_others_there_are(subject):
    half = subject.pool.rows(np.arange(len(subject.pool.bad)) % 2 == 0)
    parts = [set(part.ids) for part in divide(half, 7)]
    assert all(parts)
    assert [part - set(whole.ids) for part, whole in zip(parts, divide(subject.pool, 7), strict=True)] == [set()] * 3


def test_outcomes_of_those_who_validate_change_no_decision(subject, plain):
    where = np.isin(subject.pool.ids, divide(subject.pool, 1)[2].ids)
    turned = subject.pool._replace(bad=subject.pool.bad.mask(where, 1 - subject.pool.bad))
    before, after = (evaluate(plain, "logistic", pool, JUDGED, 1) for pool in (subject.pool, turned))
    assert before["ratios"] == after["ratios"]
    assert before["auc"] == pytest.approx(1 - after["auc"])


@pytest.mark.parametrize("kind", ["logistic", "forest", "xgboost"])
def test_reweighing_reaches_every_kind_of_model(subject, kind):
    before, after = (
        evaluate(changed(subject.base, {"training.reweigh": names}), kind, subject.pool, JUDGED, 0)
        for names in ([], ["age", "education"])
    )
    assert before["auc"] != after["auc"]
    assert before["inputs"] == after["inputs"], "weights, no inputs"


def test_groups_count_with_enough_members_and_never_the_reference(subject, taiwan):
    groups = subject.pool.groups["age"]
    young = int((groups == "under_25").sum())
    assert ("age", "under_25") in judged_groups(taiwan, subject.pool, int(0.19 * young))
    assert ("age", "under_25") not in judged_groups(taiwan, subject.pool, int(0.21 * young) + 1)
    every = judged_groups(taiwan, subject.pool, 0)
    assert not {(name, taiwan.protected[name].reference) for name in taiwan.protected} & set(every)


def test_nobody_of_the_reference_approved_is_no_ratio(subject, plain):
    hopeless = plain.model_copy(update={"policy": plain.policy.model_copy(update={"return_rate": 1e-9})})
    found = evaluate(hopeless, "logistic", subject.pool, JUDGED, 0)
    assert found["approve_rate"] == 0
    assert found["smallest_ratio"] is None
    assert set(found["ratios"].values()) == {None}


def test_a_group_that_a_resplit_leaves_empty_has_no_ratio(subject, plain):
    found = evaluate(plain, "logistic", subject.pool, (("age", "nobody"), ("sex", "male")), 0)
    assert found["ratios"]["age.nobody"] is None
    assert found["ratios"]["sex.male"] > 0
    assert found["smallest_ratio"] is None
