"""Ratios to two groups, corrected p-values, power and conditional disparity, against other ways to compute them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.fairness import audit, intersections
from takeback.assessment.group_verdicts import (
    PLANTED,
    conditional_disparity,
    group_verdicts,
    holm,
    power,
    ratio_interval,
    shown_verdicts,
)

REFERENCES = {"age": "old", "sex": "female"}
RATES = {("old", "female"): 0.5, ("old", "male"): 0.6, ("young", "female"): 0.5, ("young", "male"): 0.2}
SIZES = {("old", "female"): 400, ("old", "male"): 300, ("young", "female"): 200, ("young", "male"): 150}


def table(rates=RATES, sizes=SIZES) -> pd.DataFrame:
    """Return applicants of four pairs of groups who are approved at exactly these rates."""
    rows = [
        {"group_age": age, "group_sex": sex, "decision": "approve" if i < rates[age, sex] * n else "decline"}
        for (age, sex), n in sizes.items()
        for i in range(n)
    ]
    scored = pd.DataFrame(rows).assign(pd=0.2, bad=0.0, amount=np.arange(len(rows), dtype=float) % 97)
    return scored.assign(bad=(np.arange(len(rows)) % 5 == 0).astype(float))


def test_a_pair_that_is_treated_worse_is_found_though_each_attribute_is_near_its_limit():
    found = group_verdicts(REFERENCES, table(), 100, 0.8)
    row = found["pairs"]["age x sex"]["groups"]["young x male"]
    assert row["ratio"] == pytest.approx(0.4)
    assert row["interval"][0] < 0.4 < row["interval"][1] < 1
    assert row["p_value"] < 1e-6
    assert row["judged"]
    assert found["pairs_judged"] == 3
    assert found["pairs"]["age x sex"]["groups"]["old x female"]["p_value"] is None  # the reference itself


def test_the_highest_rate_group_is_named_if_it_is_large_enough():
    found = group_verdicts(REFERENCES, table(), 100, 0.8)["attributes"]["sex"]
    assert found["highest"] == "female"
    pairs = group_verdicts(REFERENCES, table(), 350, 0.8)["pairs"]["age x sex"]
    assert pairs["highest"] == "old x female"
    rows = group_verdicts(REFERENCES, table(), 100, 0.8)["pairs"]["age x sex"]
    assert rows["highest"] == "old x male"
    assert rows["groups"]["young x male"]["ratio_to_highest"] == pytest.approx(0.2 / 0.6)
    assert rows["groups"]["old x male"]["interval_to_highest"] is None


def test_nobody_judged_nobody_tested():
    found = group_verdicts(REFERENCES, table(), 1000, 0.8)
    rows = [row for pair in found["pairs"].values() for row in pair["groups"].values()]
    assert found["pairs_judged"] == 0
    assert len(rows) == 4
    assert all(row["p_value"] is None and not row["judged"] for row in rows)
    assert found["pairs"]["age x sex"]["highest"] is None


def test_what_tells_of_few_people_is_hidden():
    sizes = SIZES | {("young", "male"): 12}
    rates = RATES | {("young", "male"): 0.25}  # three of twelve
    scored = table(rates, sizes)
    audits = audit(REFERENCES, scored, 10), intersections(REFERENCES, scored, 10)
    whole = group_verdicts(REFERENCES, scored, 10, 0.8)
    shown = shown_verdicts(whole, *audits)["pairs"]["age x sex"]["groups"]
    assert whole["pairs"]["age x sex"]["groups"]["young x male"]["p_value"] is not None
    assert shown["young x male"]["ratio"] is None
    assert shown["young x male"]["p_value"] is None
    assert shown["young x male"]["judged"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_the_step_down_procedure(p_values):
    corrected = holm(np.array(p_values))
    ordered = sorted(p_values)
    for value, p in zip(corrected, p_values, strict=True):
        steps = [(len(ordered) - i) * each for i, each in enumerate(ordered) if each <= p]
        last = ordered.index(p)
        assert value == pytest.approx(min(1, max(steps[: last + 1])))
    assert (corrected >= p_values).all()


def test_holm_without_p_values():
    assert holm(np.array([])).tolist() == []


def test_the_interval_of_a_ratio_covers():
    random = np.random.default_rng(0)
    ones, others = random.binomial(150, 0.35, 2000), random.binomial(1000, 0.5, 2000)
    limits = [ratio_interval(a, 150, b, 1000) for a, b in zip(ones, others, strict=True)]
    assert 0.93 < np.mean([low <= 0.7 <= high for low, high in limits]) < 0.97


def test_without_approvals_or_people_there_is_no_interval():
    assert ratio_interval(0, 40, 20, 40) is None
    assert ratio_interval(20, 40, 0, 40) is None
    assert ratio_interval(0, 0, 20, 40) is None
    assert ratio_interval(20, 40, 0, 0) is None


@pytest.mark.parametrize("size", [100, 300, 1000])
def test_power_is_how_often_the_ratio_fails(size):
    random = np.random.default_rng(1)
    ones = random.binomial(size, PLANTED * 0.5, 4000)
    others = random.binomial(1000, 0.5, 4000)
    failed = [
        (a / size) / (b / 1000) < 0.8 and ratio_interval(a, size, b, 1000)[1] < 1
        for a, b in zip(ones, others, strict=True)
    ]
    assert power(size, 1000, 0.5, 0.8) == pytest.approx(np.mean(failed), abs=0.06)


def test_power_is_less_among_many_tests_and_none_without_approvals():
    assert power(200, 1000, 0.5, 0.8, tests=30) < power(200, 1000, 0.5, 0.8)
    assert power(200, 1000, 0.0, 0.8) is None
    assert power(0, 1000, 0.5, 0.8) is None
    assert power(200, 1000, 0.5, 0.0) is None


def test_disparity_that_the_amount_explains_is_none():
    """Men ask for large amounts, which are declined more often: within an amount, men are approved as often."""
    n, random = 10_000, np.random.default_rng(0)
    sex = np.array(["male"] * n + ["female"] * n)
    large = random.random(2 * n) < np.where(sex == "male", 0.8, 0.2)
    amount = np.where(large, 1000.0, 10.0)
    approved = random.random(2 * n) < np.where(large, 0.3, 0.7)
    scored = pd.DataFrame({"group_sex": sex, "decision": np.where(approved, "approve", "decline"), "amount": amount})
    plain = scored.assign(amount=0.0)
    assert conditional_disparity(plain, "sex")["male"] > 0.15
    assert abs(conditional_disparity(scored, "sex")["male"]) < 0.05
    assert sum(conditional_disparity(scored, "sex").values()) == pytest.approx(0, abs=1e-12)
    assert conditional_disparity(scored.drop(columns="amount"), "sex") == {}


def test_conditional_disparity_by_hand():
    """In every fifth one b of two is approved, and two of two who are not approved are b: 1 less a half."""
    block = {"group_g": ["a", "b", "b", "b"], "decision": ["approve", "approve", "decline", "decline"]}
    scored = pd.concat([pd.DataFrame(block).assign(amount=float(i)) for i in range(40)], ignore_index=True)
    assert conditional_disparity(scored, "g") == pytest.approx({"a": -0.5, "b": 0.5})


def test_of_a_rate_that_is_hidden_the_number_of_people_is_shown_and_nothing_else():
    """Three of 150 are declined: who they are must not follow, and they are the highest rate."""
    scored = table(RATES | {("young", "male"): 0.98})
    audits = audit(REFERENCES, scored, 10), intersections(REFERENCES, scored, 10)
    whole = group_verdicts(REFERENCES, scored, 100, 0.8)["pairs"]["age x sex"]
    assert whole["highest"] == "young x male"
    shown = shown_verdicts(group_verdicts(REFERENCES, scored, 100, 0.8), *audits)["pairs"]["age x sex"]
    row = shown["groups"]["young x male"]
    assert {key for key, value in row.items() if value is not None} <= {"count", "judged", "power"}
    assert row["count"] == 150
    assert shown["highest"] is None
    assert all(other["ratio_to_highest"] is None for other in shown["groups"].values())


def test_counts_and_ratios_are_those_of_the_audit():
    scored = table()
    found, audited = group_verdicts(REFERENCES, scored, 100, 0.8), audit(REFERENCES, scored)
    pairs = intersections(REFERENCES, scored)
    for name, rows in (*audited.items(), *pairs.items()):
        kind = "pairs" if name in pairs else "attributes"
        assert found[kind][name]["reference"] == rows["reference"]
        for group, row in rows["groups"].items():
            beside = found[kind][name]["groups"][group]
            assert beside["count"] == row["count"]
            assert beside["approval_rate"] == pytest.approx(row["approval_rate"])
            assert beside["ratio"] == pytest.approx(row["approval_ratio"])


def test_where_nobody_of_the_reference_is_approved_there_is_no_ratio():
    found = group_verdicts(REFERENCES, table(RATES | {("old", "female"): 0.0}), 100, 0.8)
    row = found["pairs"]["age x sex"]["groups"]["young x male"]
    assert (row["ratio"], row["power"]) == (None, None)
    assert row["p_value"] < 0.01
