"""The champion and the rule at one capacity, against plain counting."""

import numpy as np
import pytest

from takeback.assessment.business_case import BEST_CUT, CAPACITIES, LOSSES, SKILLS, Ranked, business_case
from takeback.assessment.gate_verdict import CRITERIA, Evidence
from takeback.assessment.scored import scored_table
from takeback.decisions.policy import choose_thresholds, decide, profit
from takeback.decisions.scoring import Scores

N = 3000


@pytest.fixture(scope="module")
def policy(taiwan_config):
    return taiwan_config.policy


def scored(pds, bad, decision, policy, thin):
    groups = {"sex": np.where(np.arange(N) % 3, "female", "male"), "age": np.where(np.arange(N) < 8, "old", "young")}
    return scored_table(Scores(pds, thin, decision.astype(np.int8)), bad, groups, policy=policy)


def candidates(policy):
    """A rule that refers nearly everybody, and a model that knows more."""
    random = np.random.default_rng(0)
    parts = []
    for _ in range(2):
        truth = random.beta(1, 3, N)
        bad, thin = (random.random(N) < truth).astype(int), random.random(N) < 0.05
        vague = np.clip(0.15 + 0.4 * truth, 0, 1)
        chosen = choose_thresholds(policy, truth, thin)
        model = scored(truth, bad, decide(chosen, truth, thin), policy, thin)
        parts.append((scored(vague, bad, np.where(vague > 0.4, 2, 1), policy, thin), model))
    return {name: Ranked(*(part[i] for part in parts)) for i, name in enumerate(("rule", "model"))}


@pytest.fixture(scope="module")
def known(policy):
    return candidates(policy)


@pytest.fixture(scope="module")
def case(policy, known):
    return business_case(policy, known, "model")


def by_counting(policy, decisions, bad):
    """Profit per application, a referral reviewed only as often as there is time."""
    time = min(1, policy.max_referral_rate / np.mean(decisions == 1))
    total = 0.0
    for decision, outcome in zip(decisions, bad, strict=True):
        paid = -policy.loss_given_default if outcome else policy.return_rate
        analyst = policy.analyst_approves_bad if outcome else policy.analyst_approves_good
        total += {0: paid, 1: time * (analyst * paid - policy.review_cost), 2: 0.0}[decision]
    return total / len(bad)


def test_profit_counts_what_can_be_reviewed(policy, known, case):
    for name, ranked in known.items():
        decisions, bad = ranked.test["decision"].cat.codes.to_numpy(), ranked.test["bad"].to_numpy()
        assert case["offers"][name]["profit"]["value"] == pytest.approx(by_counting(policy, decisions, bad))
    rule = case["offers"]["rule"]
    assert rule["reviewed"] == pytest.approx(
        policy.max_referral_rate / (known["rule"].test["decision"] == "refer").mean()
    )
    assert rule["reviewed"] < 0.3
    assert case["offers"]["model"]["reviewed"] > 0.9


def test_the_rule_at_its_best_cut_is_within_capacity_and_earns_more(policy, known, case):
    assert case["best_cut"]["refer_rate"] == pytest.approx(policy.max_referral_rate, abs=0.03)
    offers = case["offers"]
    assert offers["rule"]["profit"]["value"] < offers[BEST_CUT]["profit"]["value"] < offers["model"]["profit"]["value"]
    for of in ("rule", BEST_CUT):
        gain = offers["model"]["gain"][of]
        assert gain["value"] == pytest.approx(offers["model"]["profit"]["value"] - offers[of]["profit"]["value"])
        assert gain["interval"][0] < gain["value"] < gain["interval"][1]


def test_the_gate_judges_the_gain_over_the_better_of_both(case):
    found = Evidence({}, {}, {}, {}, {}, {}, case)
    value, interval = CRITERIA["min_profit_gain_over_rule"](found)
    assert (value, interval) == tuple(case["offers"]["model"]["gain"][BEST_CUT].values())


def test_a_rule_that_stays_gains_nothing_and_loses_nothing(policy, known):
    found = Evidence({}, {}, {}, {}, {}, {}, business_case(policy, known, "rule"))
    assert CRITERIA["min_profit_gain_over_rule"](found) == (0.0, None)


def test_no_review_pays_beyond_the_break_evens(policy, case):
    pds = np.linspace(0, 1, 2001)

    def best_review(**changes):
        changed = policy.model_copy(update=changes)
        good, bad = (profit(changed, np.array([0, 1]), np.full(2, outcome)) for outcome in (0, 1))
        approve, review = ((1 - pds) * good[i] + pds * bad[i] for i in (0, 1))
        return (review - np.maximum(approve, 0)).max()

    cost, skill = case["review"]["break_even_cost"], case["review"]["break_even_skill"]
    assert best_review(review_cost=cost * 0.98) > 0 > best_review(review_cost=cost * 1.02)
    able = policy.analyst_approves_good
    assert (
        best_review(analyst_approves_bad=able - skill * 1.05)
        > 0
        > best_review(analyst_approves_bad=able - skill * 0.95)
    )


def test_a_thin_file_earns_what_its_treatment_gives(policy, known, case):
    thin = known["model"].test[known["model"].test["thin"]]
    found = case["thin_files"]
    assert found["share"] == pytest.approx(len(thin) / N)
    assert found["options"]["decline"] == {"profit": 0.0, "approved": 0.0}
    bad = thin["bad"].to_numpy()
    assert found["options"]["refer"]["profit"] == pytest.approx(profit(policy, np.ones(len(bad)), bad).mean())
    assert found["options"]["decide"]["profit"] > max(found["options"]["refer"]["profit"], 0)
    assert found["options"]["decide"]["approved"] > 0.3
    members = known["model"].test.groupby("group_sex")["thin"].mean()
    assert found["groups"]["sex"] == pytest.approx(members.to_dict())


def test_few_people_are_not_shown(policy, known):
    found = business_case(policy, known, "model", least=10)["thin_files"]["groups"]["age"]
    assert set(found.values()) == {None}
    none = {name: Ranked(*(part.assign(thin=False) for part in ranked)) for name, ranked in known.items()}
    found = business_case(policy, none, "model", least=10)["thin_files"]
    assert found["share"] is found["bad_rate"] is found["options"]["refer"]["profit"] is None


def test_the_grid_has_every_assumption_and_its_middle_is_the_policy(policy, case):
    assert len(case["grid"]) == len(LOSSES) * len(SKILLS) * len(CAPACITIES)
    middle = [
        cell
        for cell in case["grid"]
        if (cell["loss_given_default"], cell["max_referral_rate"])
        == (policy.loss_given_default, policy.max_referral_rate)
        and cell["skill"] == pytest.approx(0.5)
    ]
    assert len(middle) == 1
    for name, key in (("rule", "rule"), (BEST_CUT, BEST_CUT)):
        assert middle[0][key] == pytest.approx(case["offers"][name]["profit"]["value"])
    nobody = [cell for cell in case["grid"] if cell["max_referral_rate"] == 0]
    assert all(cell["rule"] == 0 for cell in nobody)


def test_a_model_that_knows_nothing_is_the_worse_choice_everywhere(policy, known):
    blind = Ranked(*(part.assign(pd=0.25) for part in known["model"]))
    case = business_case(policy, {**known, "model": blind}, "model")
    assert all(cell["gain"]["value"] <= 1e-12 for cell in case["grid"])
    assert np.mean([cell["gain"]["value"] < 0 for cell in case["grid"]]) > 0.5


def test_what_is_decided_late_costs_its_wait(policy, known):
    late = policy.model_copy(update={"overflow": "late", "late_cost": 0.01})
    free = policy.model_copy(update={"overflow": "late", "late_cost": 0.0})
    earned = {p.late_cost: business_case(p, known, "model")["offers"]["rule"] for p in (late, free)}
    refer_rate = (known["rule"].test["decision"] == "refer").mean()
    waiting = refer_rate * (1 - earned[0.0]["reviewed"])
    assert earned[0.0]["profit"]["value"] - earned[0.01]["profit"]["value"] == pytest.approx(0.01 * waiting)
