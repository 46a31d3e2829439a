"""Losses against the last release: certain, possible, and none."""

import pytest

from takeback.assessment.regression import LIMITS, judge_changes

NONE = {"before": 0.5, "after": 0.5, "change": 0.0, "interval": (-0.01, 0.01)}


def moved(by, half=0.0, after=0.5):
    return {"before": after - by, "after": after, "change": by, "interval": (by - half, by + half)}


def judged(gate, metrics=None, ratio=NONE, count=1000):
    metrics = dict.fromkeys(LIMITS, NONE) | (metrics or {})
    group = {"count": {"before": 1000, "after": count}, "approval_ratio": ratio}
    fairness = {"sex": {"reference": {"before": "f", "after": "f"}, "groups": {"f": group, "m": group}}}
    return judge_changes(gate, metrics, fairness)


@pytest.fixture
def gate(taiwan_config):
    return taiwan_config.gate


def test_nothing_lost(gate):
    result = judged(gate)
    assert result["verdict"] == "pass"
    assert [*result["criteria"]] == [*LIMITS.values(), "max_approval_ratio_loss.sex.m"]


@pytest.mark.parametrize(
    ("name", "by"),
    [("ranking.auc", -0.1), ("probability.brier", 0.1), ("decision.profit_per_application", -0.1)],
)
def test_a_loss_beyond_its_uncertainty_blocks_and_a_gain_does_not(gate, name, by):
    lost = judged(gate, {name: moved(by, 0.05)})
    assert lost["verdict"] == "blocked"
    criterion = lost["criteria"][LIMITS[name]]
    assert (criterion["value"], criterion["low"], criterion["high"]) == pytest.approx((0.1, 0.05, 0.15))
    assert judged(gate, {name: moved(-by, 0.05)})["verdict"] == "pass"


def test_a_loss_that_may_be_chance_is_no_evidence(gate):
    result = judged(gate, {"ranking.auc": moved(-0.1, 0.2)})
    assert result["criteria"]["max_auc_loss"]["result"] == "insufficient evidence"
    assert result["verdict"] == "pass"


def test_a_ratio_that_fell(gate):
    assert judged(gate, ratio=moved(-0.2, 0.05, after=0.75))["verdict"] == "blocked"
    assert judged(gate, ratio=moved(-0.2, 0.05, after=1.05))["verdict"] == "pass"
    assert judged(gate, ratio=moved(-0.31, 0.02, after=0.99))["verdict"] == "pass"  # closer to parity
    assert judged(gate, ratio=moved(-0.31, 0.02, after=0.85))["verdict"] == "blocked"
    few = judged(gate, ratio=moved(-0.2, 0.05, after=0.75), count=gate.min_group_size - 1)
    assert few["criteria"]["max_approval_ratio_loss.sex.m"]["result"] == "insufficient evidence"


def test_another_reference_group_is_another_ratio(gate):
    row = {"count": {"before": 1000, "after": 1000}, "approval_ratio": moved(-0.2, 0.05)}
    fairness = {"sex": {"reference": {"before": "f", "after": "x"}, "groups": {"f": row, "m": row, "x": row}}}
    assert [*judge_changes(gate, dict.fromkeys(LIMITS, NONE), fairness)["criteria"]] == [*LIMITS.values()]


def test_a_loss_without_an_interval_is_in_doubt(gate):
    result = judged(gate, {"ranking.auc": moved(-0.1) | {"interval": None}}, ratio=moved(-0.2) | {"interval": None})
    assert result["verdict"] == "pass"
    assert result["criteria"]["max_auc_loss"]["result"] == "insufficient evidence"


def test_what_was_not_defined_before_is_no_evidence(gate):
    absent = {"before": None, "after": 0.5, "change": None, "interval": None}
    result = judged(gate, {"ranking.auc": absent}, ratio=absent)
    assert {result["criteria"][name]["result"] for name in ("max_auc_loss", "max_approval_ratio_loss.sex.m")} == {
        "insufficient evidence"
    }
