"""Each criterion on both sides of its limit."""

import copy

import pytest

from takeback.assessment.gate import judge

CHAMPION = {"ranking": {"auc": 0.80}, "probability": {"brier": 0.13, "calibration_error": 0.005}}
RULE = {"ranking": {"auc": 0.70}}
DATA = {"quarantined_share": 0.0}
FAIRNESS = {
    "sex": {
        "reference": "female",
        "groups": {
            "female": {"count": 1000, "approval_ratio": 1.0},
            "male": {"count": 1000, "approval_ratio": 0.9},
            "other": {"count": 20, "approval_ratio": 0.1},
        },
    }
}


def verdict(gate, champion=CHAMPION, rule=RULE, fairness=FAIRNESS, data=DATA):
    return judge(gate, champion, rule, fairness, data)


@pytest.fixture
def gate(taiwan_config):
    return taiwan_config.gate


def test_all_limits_met(gate):
    assert verdict(gate)["verdict"] == "pass"
    assert "min_approval_ratio.sex.female" not in verdict(gate)["criteria"]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("min_auc", {"champion": {**CHAMPION, "ranking": {"auc": 0.72}}}),
        ("max_brier", {"champion": {**CHAMPION, "probability": {"brier": 0.3, "calibration_error": 0.0}}}),
        ("max_calibration_error", {"champion": {**CHAMPION, "probability": {"brier": 0.1, "calibration_error": 0.2}}}),
        ("min_auc_gain_over_rule", {"rule": {"ranking": {"auc": 0.81}}}),
        ("max_quarantined_share", {"data": {"quarantined_share": 0.5}}),
    ],
)
def test_a_missed_limit_blocks(gate, key, change):
    judged = verdict(gate, **change)
    assert judged["verdict"] == "blocked"
    assert [name for name, c in judged["criteria"].items() if c["result"] == "fail"] == [key]


def test_a_low_approval_ratio_blocks(gate):
    fairness = copy.deepcopy(FAIRNESS)
    fairness["sex"]["groups"]["male"]["approval_ratio"] = 0.79
    assert verdict(gate, fairness=fairness)["verdict"] == "blocked"


@pytest.mark.parametrize("group", ["male", "female"])
def test_too_few_members_are_no_verdict(gate, group):
    fairness = copy.deepcopy(FAIRNESS)
    fairness["sex"]["groups"][group]["count"] = gate.min_group_size - 1
    fairness["sex"]["groups"]["male"]["approval_ratio"] = 0.1
    judged = verdict(gate, fairness=fairness)
    assert judged["criteria"]["min_approval_ratio.sex.male"]["result"] == "insufficient evidence"
    assert judged["verdict"] == "pass"


def test_what_does_not_block_does_not_block(gate):
    warning = gate.model_copy(update={"min_auc": gate.min_auc.model_copy(update={"blocks": False})})
    judged = verdict(warning, champion={**CHAMPION, "ranking": {"auc": 0.72}})
    assert judged["criteria"]["min_auc"]["result"] == "fail"
    assert judged["verdict"] == "pass"


def test_a_champion_that_approves_nobody_does_not_pass(gate):
    fairness = copy.deepcopy(FAIRNESS)
    for row in fairness["sex"]["groups"].values():
        row["approval_ratio"] = None
    assert verdict(gate, fairness=fairness)["verdict"] == "blocked"
