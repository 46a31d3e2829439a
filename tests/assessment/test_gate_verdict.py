"""Each criterion on both sides of its limit."""

import copy

import pytest

from takeback.assessment.gate_verdict import Evidence, hidden_criteria, judge
from takeback.config.params import Criterion


def row(count=1000, approval_ratio=0.9, approval_ratio_of_good=0.95, calibration_gap=0.01, calibration_odds=1.02):
    return {
        "count": count,
        "approval_ratio": approval_ratio,
        "approval_ratio_of_good": approval_ratio_of_good,
        "calibration_gap": calibration_gap,
        "calibration_odds": calibration_odds,
    }


PROBABILITY = {"brier": 0.13, "calibration_error": 0.005, "calibration_odds": 1.05, "calibration_slope": 0.95}
FOUND = Evidence(
    performance={"ranking": {"auc": 0.80}, "probability": PROBABILITY},
    fairness={"sex": {"reference": "female", "groups": {"female": row(), "male": row(), "other": row(20, 0.1, 0.1)}}},
    intervals={
        "ranking.auc": (0.79, 0.81),
        "probability.brier": (0.12, 0.14),
        "probability.calibration_odds": (0.95, 1.14),
        "probability.calibration_slope": (0.9, 1.01),
        "sex.male.approval_ratio": (0.85, 0.95),
        "sex.male.approval_ratio_of_good": (0.9, 1.01),
        "sex.male.calibration_odds": (0.9, 1.1),
    },
    reasons={"declined": {"count": 100, "with_reason": 1.0, "top_lowers_pd": 1.0, "top_is_true": 1.0}},
    rule={"ranking": {"auc": 0.70}},
    data={"quarantined_share": 0.0},
    business={
        "champion": "model",
        "offers": {
            "model": {
                "gain": {
                    "rule": {"value": 0.03, "interval": [0.02, 0.04]},
                    "rule_best_cut": {"value": 0.005, "interval": [0.001, 0.009]},
                }
            }
        },
    },
)


@pytest.fixture
def gate(taiwan_config):
    return taiwan_config.gate


def changed(path, value, interval=None):
    """Return the evidence with one number, and its interval, changed."""
    found = copy.deepcopy(FOUND)
    part, *keys = path.split(".")
    place = getattr(found, part)
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    if interval:
        found.intervals[path.removeprefix("performance.").removeprefix("fairness.").replace(".groups.", ".")] = interval
    return found


def test_all_limits_met(gate):
    judged = judge(gate, FOUND)
    assert judged["verdict"] == "pass"
    assert "min_approval_ratio.sex.female" not in judged["criteria"]
    assert judged["criteria"]["min_approval_ratio.sex.other"]["result"] == "insufficient evidence"


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("min_auc", changed("performance.ranking.auc", 0.72, (0.71, 0.73))),
        ("max_brier", changed("performance.probability.brier", 0.3, (0.28, 0.32))),
        ("near_calibration_odds", changed("performance.probability.calibration_odds", 1.3, (1.22, 1.39))),
        ("near_calibration_odds", changed("performance.probability.calibration_odds", 0.77, (0.72, 0.82))),
        ("near_calibration_slope", changed("performance.probability.calibration_slope", 0.7, (0.63, 0.77))),
        ("near_calibration_slope", changed("performance.probability.calibration_slope", 1.4, (1.3, 1.5))),
        ("min_auc_gain_over_rule", changed("rule.ranking.auc", 0.81)),
        (
            "min_profit_gain_over_rule",
            changed("business.offers.model.gain.rule_best_cut", {"value": -0.004, "interval": [-0.006, -0.002]}),
        ),
        ("max_quarantined_share", changed("data.quarantined_share", 0.5)),
        ("min_reasons_coverage", changed("reasons.declined.with_reason", 0.999)),
        ("min_reasons_effect", changed("reasons.declined.top_lowers_pd", 0.98)),
        ("min_approval_ratio.sex.male", changed("fairness.sex.groups.male.approval_ratio", 0.79, (0.7, 0.9))),
        (
            "min_approval_ratio_of_good.sex.male",
            changed("fairness.sex.groups.male.approval_ratio_of_good", 0.79, (0.7, 0.9)),
        ),
        (
            "near_group_calibration_odds.sex.male",
            changed("fairness.sex.groups.male.calibration_odds", 0.6, (0.5, 0.72)),
        ),
    ],
)
def test_a_missed_limit_blocks(gate, key, found):
    judged = judge(gate, found)
    assert judged["verdict"] == "blocked"
    assert [name for name, c in judged["criteria"].items() if c["result"] == "fail"] == [key]


@pytest.mark.parametrize("group", ["male", "female"])
def test_too_few_members_are_no_verdict(gate, group):
    found = changed("fairness.sex.groups.male.approval_ratio", 0.1, (0.05, 0.2))
    found.fairness["sex"]["groups"][group]["count"] = gate.min_group_size - 1
    judged = judge(gate, found)
    assert judged["criteria"]["min_approval_ratio.sex.male"]["result"] == "insufficient evidence"
    assert judged["verdict"] == "pass"


def test_doubt_about_performance_blocks_and_doubt_about_a_group_does_not(gate):
    unsure = changed("performance.ranking.auc", 0.745, (0.73, 0.76))
    assert judge(gate, unsure)["criteria"]["min_auc"]["result"] == "insufficient evidence"
    assert judge(gate, unsure)["verdict"] == "blocked"
    unsure = changed("fairness.sex.groups.male.approval_ratio", 0.75, (0.5, 1.1))
    assert judge(gate, unsure)["criteria"]["min_approval_ratio.sex.male"]["result"] == "insufficient evidence"
    assert judge(gate, unsure)["verdict"] == "pass"


def test_what_does_not_block_does_not_block(gate):
    warning = gate.model_copy(update={"min_auc": gate.min_auc.model_copy(update={"blocks": "never"})})
    judged = judge(warning, changed("performance.ranking.auc", 0.72, (0.71, 0.73)))
    assert judged["criteria"]["min_auc"]["result"] == "fail"
    assert judged["verdict"] == "pass"


def test_a_champion_that_approves_nobody_does_not_pass(gate):
    found = copy.deepcopy(FOUND)
    for group in found.fairness["sex"]["groups"].values():
        group |= {"approval_ratio": None, "approval_rate": 0.0}
    assert judge(gate, found)["verdict"] == "blocked"


def test_a_group_without_good_payers_has_no_ratio_among_them(gate):
    found = changed("fairness.sex.groups.male.approval_ratio_of_good", None)
    found.intervals.pop("sex.male.approval_ratio_of_good")
    criterion = judge(gate, found)["criteria"]["min_approval_ratio_of_good.sex.male"]
    assert criterion["result"] == "insufficient evidence"


def test_without_declines_reasons_are_not_missing(gate):
    found = FOUND._replace(reasons={"declined": {"count": 0, "with_reason": None, "top_lowers_pd": None}})
    assert judge(gate, found)["verdict"] == "pass"


def test_numbers_that_are_not_defined_are_no_evidence(gate):
    """One class only: no AUC. Nobody in a group: no rates."""
    found = FOUND._replace(performance={**FOUND.performance, "ranking": {"auc": None}}, intervals={})
    judged = judge(gate, found)
    assert judged["criteria"]["min_auc"]["result"] == "insufficient evidence"
    assert judged["verdict"] == "blocked"
    found = changed("fairness.sex.groups.male.calibration_odds", None)
    assert judge(gate, found)["criteria"]["near_group_calibration_odds.sex.male"]["result"] == "insufficient evidence"


def pairs(**row):
    told = {"ratio": 0.7, "interval": [0.6, 0.9], "p_value": 0.01, "judged": True, **row}
    return {"pairs": {"age x sex": {"reference": "a x b", "groups": {"young x male": told}}}}


KEY = "min_intersection_ratio.age x sex.young x male"


@pytest.mark.parametrize(
    ("row", "result"),
    [
        ({}, "fail"),
        ({"p_value": 0.06}, "insufficient evidence"),  # below the limit, and chance may be why
        ({"ratio": 0.8, "p_value": 0.001}, "pass"),
        ({"ratio": None, "interval": None}, "insufficient evidence"),
        ({"p_value": None}, "insufficient evidence"),
    ],
)
def test_a_pair_of_groups_fails_if_it_is_below_the_limit_and_chance_does_not_explain_it(gate, row, result):
    strict = gate.model_copy(update={"min_intersection_ratio": Criterion(limit=0.8, blocks="fail")})
    judged = judge(strict, FOUND._replace(groups=pairs(**row)))
    assert judged["criteria"][KEY]["result"] == result
    assert judged["verdict"] == ("blocked" if result == "fail" else "pass")
    shipped = judge(gate, FOUND._replace(groups=pairs(**row)))
    assert shipped["criteria"][KEY]["result"] == result
    assert shipped["verdict"] == "pass"  # conf/gate says never, with the reason


def test_pairs_that_are_too_small_or_not_known_have_no_criterion(gate):
    for groups in (pairs(judged=False), None):
        assert KEY not in judge(gate, FOUND._replace(groups=groups))["criteria"]
    earlier = gate.model_copy(update={"min_intersection_ratio": None})
    assert KEY not in judge(earlier, FOUND._replace(groups=pairs()))["criteria"]


def test_a_pair_whose_number_is_not_shown_is_among_the_hidden_criteria():
    assert hidden_criteria({}, pairs(ratio=None, p_value=None)) == [KEY]
    assert hidden_criteria({}, pairs()) == []
