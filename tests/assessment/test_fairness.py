"""The audit against counts by hand."""

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, count, selection_rate, true_positive_rate

from takeback.assessment.fairness import audit
from takeback.decisions.scoring import Scores

GROUPS = {"sex": np.array(["female"] * 4 + ["male"] * 4 + ["unknown"])}
BAD = np.array([0, 0, 0, 1, 0, 0, 1, 1, 0], dtype=float)
DECISION = np.array([0, 0, 1, 0, 0, 2, 0, 2, 1])
SCORES = Scores(np.linspace(0.1, 0.9, 9), np.zeros(9, dtype=bool), DECISION)


@pytest.fixture
def sex(taiwan_config):
    return audit(taiwan_config.data, SCORES, BAD, GROUPS)["sex"]


def test_rates_by_hand(sex):
    female, male = sex["groups"]["female"], sex["groups"]["male"]
    assert (female["count"], male["count"]) == (4, 4)
    assert (female["approval_rate"], male["approval_rate"]) == (0.75, 0.5)
    assert (female["referral_rate"], male["referral_rate"]) == (0.25, 0.0)
    assert female["approval_rate_of_good"] == pytest.approx(2 / 3)
    assert male["approval_rate_of_bad"] == 0.5
    assert male["mean_pd"] == pytest.approx(SCORES.pd[4:8].mean())
    assert male["bad_rate"] == 0.5


def test_the_ratio_is_to_the_declared_reference(sex):
    assert sex["reference"] == "female"
    assert sex["groups"]["female"]["approval_ratio"] == 1
    assert sex["groups"]["male"]["approval_ratio"] == pytest.approx(0.5 / 0.75)


def test_unknown_is_a_group_of_its_own(sex):
    assert sex["groups"]["unknown"]["count"] == 1


def test_gaps_are_the_largest_absolute_difference(sex):
    assert sex["gaps"]["approval_rate"] == pytest.approx(0.75)
    assert sex["gaps"]["approval_rate_of_good"] == pytest.approx(2 / 3)


def test_without_the_reference_group_there_is_no_ratio(taiwan_config):
    nobody = {"sex": np.array(["male"] * 9)}
    group = audit(taiwan_config.data, SCORES, BAD, nobody)["sex"]["groups"]["male"]
    assert group["approval_ratio"] is None


def test_fairlearn_gives_the_same_numbers(taiwan_config):
    random = np.random.default_rng(11)
    members = random.choice(["female", "male", "unknown"], 3000)
    bad = (random.random(3000) < 0.2).astype(float)
    scores = Scores(random.random(3000), np.zeros(3000, dtype=bool), random.integers(0, 3, 3000))
    groups = audit(taiwan_config.data, scores, bad, {"sex": members})["sex"]["groups"]
    approved = scores.decision == 0
    functions = {"count": count, "approval_rate": selection_rate, "approval_rate_of_good": true_positive_rate}
    frame = MetricFrame(metrics=functions, y_true=bad == 0, y_pred=approved, sensitive_features=members)
    of_bad = MetricFrame(metrics=true_positive_rate, y_true=bad == 1, y_pred=approved, sensitive_features=members)
    for group, expected in frame.by_group.iterrows():
        assert {name: groups[group][name] for name in functions} == pytest.approx(dict(expected))
        assert groups[group]["approval_rate_of_bad"] == pytest.approx(of_bad.by_group[group])


def test_a_group_without_good_payers_has_no_rate_among_them(taiwan_config):
    members = np.array(["female"] * 8 + ["male"])
    result = audit(taiwan_config.data, SCORES, np.append(BAD[:8], 1.0), {"sex": members})["sex"]
    assert result["groups"]["male"]["approval_rate_of_good"] is None
    assert result["gaps"]["approval_rate_of_good"] == 0
