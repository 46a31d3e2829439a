"""The audit against counts by hand, fairlearn on one row an applicant, and scipy."""

import math

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from takeback.assessment.fairness_measures import GAPS, MEASURES, SUMS, largest_gap, measures
from takeback.decisions.scoring import Scores
from tests.assessment.tables import audited, audited_pairs

GROUPS = {"sex": np.array(["female"] * 4 + ["male"] * 4 + ["unknown"])}
BAD = np.array([0, 0, 0, 1, 0, 0, 1, 1, 0], dtype=float)
DECISION = np.array([0, 0, 1, 0, 0, 2, 0, 2, 1])
SCORES = Scores(np.linspace(0.1, 0.9, 9), np.zeros(9, dtype=bool), DECISION)


@pytest.fixture
def sex(taiwan_config):
    return audited(taiwan_config.data, SCORES, BAD, GROUPS)["sex"]


def scored(pd, decision):
    return Scores(np.asarray(pd, float), np.zeros(len(pd), dtype=bool), np.asarray(decision, np.int8))


def many(seed=11, n=3000):
    """Scores, outcomes and groups of two attributes, each with a level beyond the usual ones."""
    random = np.random.default_rng(seed)
    members = {
        "sex": random.choice(["female", "male", "non_binary", "unknown"], n, p=[0.5, 0.4, 0.05, 0.05]),
        "age": random.choice(["under_25", "35_to_50", "unknown"], n),
    }
    bad = (random.random(n) < 0.2).astype(float)
    return scored(random.beta(1, 4, n), random.integers(0, 3, n)), bad, members


def test_rates_by_hand(sex):
    female, male = sex["groups"]["female"], sex["groups"]["male"]
    assert (female["count"], male["count"]) == (4, 4)
    assert (female["approval_rate"], male["approval_rate"]) == (0.75, 0.5)
    assert (female["referral_rate"], male["referral_rate"]) == (0.25, 0.0)
    assert (female["decline_rate"], male["decline_rate"]) == (0, 0.5)
    assert female["approval_rate_of_good"] == pytest.approx(2 / 3)
    assert male["approval_rate_of_bad"] == 0.5
    assert male["mean_pd"] == pytest.approx(SCORES.pd[4:8].mean())
    assert male["bad_rate"] == 0.5
    assert male["calibration_gap"] == pytest.approx(0.65 - 0.5)


def test_the_ratio_is_to_the_declared_reference(sex):
    assert sex["reference"] == "female"
    assert sex["groups"]["female"]["approval_ratio"] == 1
    assert sex["groups"]["male"]["approval_ratio"] == pytest.approx(0.5 / 0.75)
    assert sex["groups"]["male"]["approval_ratio_of_good"] == pytest.approx((1 / 2) / (2 / 3))


def test_the_difference_of_pd_by_hand(sex):
    # Female .1 .2 .3 .4, male .5 .6 .7 .8: means .4 apart, each a sum of squares of .05 around its mean.
    assert sex["groups"]["male"]["pd_difference"] == pytest.approx(0.4 / math.sqrt(0.1 / 6))
    assert sex["groups"]["female"]["pd_difference"] == 0
    assert sex["groups"]["unknown"]["pd_difference"] == pytest.approx((0.9 - 0.25) / math.sqrt(0.05 / 3))


def test_unknown_and_other_recorded_values_are_groups_of_their_own(sex, taiwan_config):
    assert sex["groups"]["unknown"]["count"] == 1
    scores, bad, members = many()
    assert {"non_binary", "unknown"} < set(audited(taiwan_config.data, scores, bad, members)["sex"]["groups"])


def test_gaps_are_the_largest_absolute_difference(sex):
    assert sex["gaps"]["approval_rate"] == pytest.approx(0.75)
    assert sex["gaps"]["approval_rate_of_good"] == pytest.approx(2 / 3)


def test_every_group_has_every_measure(sex):
    assert {tuple(sorted(row)) for row in sex["groups"].values()} == {tuple(sorted(MEASURES))}
    assert set(sex["gaps"]) == set(GAPS)


def test_without_the_reference_group_there_is_no_comparison(taiwan_config):
    nobody = {"sex": np.array(["male"] * 9)}
    group = audited(taiwan_config.data, SCORES, BAD, nobody)["sex"]["groups"]["male"]
    assert group["approval_ratio"] is group["approval_ratio_of_good"] is group["pd_difference"] is None
    assert group["approval_rate"] == pytest.approx(5 / 9)


def test_a_reference_group_that_nobody_approves_has_no_ratio(taiwan_config):
    refers = Scores(SCORES.pd, SCORES.thin, np.where(GROUPS["sex"] == "female", 1, 0))
    group = audited(taiwan_config.data, refers, BAD, GROUPS)["sex"]["groups"]["male"]
    assert group["approval_ratio"] is group["approval_ratio_of_good"] is None
    assert group["pd_difference"] is not None


def expected_of(scores, bad, members, reference):
    """All measures of groups, counted in plain Python."""
    rows = list(zip(members, bad, scores.decision, scores.pd, strict=True))

    def among(group, event, whole=lambda outcome: True):
        inside = [row for row in rows if row[0] == group and whole(row[1])]
        return sum(event(*row) for row in inside) / len(inside)

    def measured(group):
        approved, good = lambda _g, _o, decision, _pd: decision == 0, lambda outcome: outcome == 0
        pd, rate = among(group, lambda *row: row[3]), among(group, lambda *row: row[1])
        ours, theirs = (among(each, approved) for each in (group, reference))
        ours_good, theirs_good = (among(each, approved, good) for each in (group, reference))
        return {
            "count": sum(row[0] == group for row in rows),
            "approval_rate": ours,
            "approval_rate_of_good": ours_good,
            "approval_rate_of_bad": among(group, approved, lambda outcome: outcome == 1),
            "referral_rate": among(group, lambda *row: row[2] == 1),
            "decline_rate": among(group, lambda *row: row[2] == 2),
            "mean_pd": pd,
            "bad_rate": rate,
            "calibration_gap": pd - rate,
            "calibration_odds": math.exp((rate - pd) / among(group, lambda *row: row[3] * (1 - row[3]))),
            "approval_ratio": ours / theirs,
            "approval_ratio_of_good": ours_good / theirs_good,
        }

    return {str(group): measured(group) for group in set(members)}


def by_t_statistic(pd, inside, reference):
    """The difference of means in pooled standard deviations, from scipy's t statistic of equal variances."""
    return ttest_ind(pd[inside], pd[reference]).statistic * math.sqrt(1 / inside.sum() + 1 / reference.sum())


@pytest.mark.parametrize("seed", range(3))
def test_counting_and_scipy_give_the_same_numbers(taiwan_config, seed):
    scores, bad, members = many(seed)
    found_of = audited(taiwan_config.data, scores, bad, members)
    assert found_of.keys() == members.keys()
    for attribute, result in found_of.items():
        of, reference = members[attribute], result["reference"]
        expected = expected_of(scores, bad, of, reference)
        for group, found in result["groups"].items():
            difference = found.pop("pd_difference")
            assert found == pytest.approx(expected[group])
            assert difference == pytest.approx(by_t_statistic(scores.pd, of == group, of == reference), abs=1e-12)


def test_fairlearn_gives_the_same_gaps(taiwan_config):
    scores, bad, members = many()
    gaps = audited(taiwan_config.data, scores, bad, members)["sex"]["gaps"]
    approved = scores.decision == 0
    truths = {"approval_rate": bad, "approval_rate_of_good": bad == 0, "approval_rate_of_bad": bad == 1}
    assert gaps.keys() == truths.keys()
    for name, truth in truths.items():
        metric = selection_rate if name == "approval_rate" else true_positive_rate
        frame = MetricFrame(metrics=metric, y_true=truth, y_pred=approved, sensitive_features=members["sex"])
        assert gaps[name] == pytest.approx(frame.difference(method="between_groups"))


def test_fairlearn_gives_the_same_intersections(taiwan_config):
    scores, bad, members = many()
    found = audited_pairs(taiwan_config.data, scores, bad, members)["age x sex"]
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=bad,
        y_pred=scores.decision == 0,
        sensitive_features={name: members[name] for name in ("age", "sex")},
    )
    rates = {" x ".join(pair): rate for pair, rate in frame.by_group.items()}
    assert {group: row["approval_rate"] for group, row in found["groups"].items()} == pytest.approx(rates)
    assert found["reference"] == "35_to_50 x female"
    ratio = rates["under_25 x non_binary"] / rates["35_to_50 x female"]
    assert found["groups"]["under_25 x non_binary"]["approval_ratio"] == pytest.approx(ratio)


def test_intersections_are_of_every_pair_once(taiwan_config):
    members = {name: np.array(["a", "b", "b"]) for name in ("sex", "age", "education")}
    result = audited_pairs(taiwan_config.data, scored([0.1, 0.2, 0.3], [0, 1, 2]), np.array([0.0, 1, 0]), members)
    assert list(result) == ["age x education", "age x sex", "education x sex"]
    assert {tuple(audit["groups"]) for audit in result.values()} == {("a x a", "b x b")}, "a pair with no members"


def test_one_attribute_has_no_intersections(taiwan_config):
    assert audited_pairs(taiwan_config.data, SCORES, BAD, GROUPS) == {}


def test_a_group_without_good_payers_has_no_rate_among_them(taiwan_config):
    members = np.array(["female"] * 8 + ["male"])
    result = audited(taiwan_config.data, SCORES, np.append(BAD[:8], 1.0), {"sex": members})["sex"]
    assert result["groups"]["male"]["approval_rate_of_good"] is None
    assert result["groups"]["male"]["approval_ratio_of_good"] is None
    assert result["gaps"]["approval_rate_of_good"] == 0


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_all_of_one_class(taiwan_config, outcome):
    result = audited(taiwan_config.data, SCORES, np.full(9, outcome), GROUPS)["sex"]
    there, not_there = ("good", "bad") if outcome == 0 else ("bad", "good")
    for row in result["groups"].values():
        assert row[f"approval_rate_of_{there}"] == row["approval_rate"]
        assert row[f"approval_rate_of_{not_there}"] is None
        assert row["calibration_gap"] == pytest.approx(row["mean_pd"] - outcome)
        assert (row["calibration_odds"] > 1) == (outcome == 1)
    assert result["gaps"][f"approval_rate_of_{not_there}"] is None


def test_one_applicant(taiwan_config):
    result = audited(taiwan_config.data, scored([0.3], [0]), np.zeros(1), {"sex": np.array(["female"])})
    row = result["sex"]["groups"]["female"]
    assert (row["count"], row["approval_rate"], row["approval_ratio"], row["mean_pd"]) == (1, 1, 1, 0.3)
    assert row["pd_difference"] is None
    assert row["approval_rate_of_bad"] is None


@given(st.floats(0.001, 0.999), st.integers(2, 200))
def test_constant_pds_have_no_standardised_difference(taiwan_config, pd, n):
    members = np.resize(["female", "male"], n)
    groups = audited(taiwan_config.data, scored([pd] * n, [0] * n), np.zeros(n), {"sex": members})["sex"]["groups"]
    assert [row["pd_difference"] for row in groups.values()] == [None, None]


def test_a_group_with_no_members_has_a_count_and_nothing_else():
    found = measures({name: np.zeros(1) for name in SUMS}, {name: np.ones(1) for name in SUMS})
    assert found.pop("count") == 0
    assert all(np.isnan(values).all() for values in found.values())


def test_no_group_with_a_rate_is_no_gap():
    assert np.isnan(largest_gap(np.array([[np.nan, np.nan]]))).all()
    assert np.isnan(largest_gap(np.zeros((2, 0)))).all()


@given(st.lists(st.one_of(st.just(math.nan), st.floats(0, 1)), min_size=1, max_size=6))
def test_a_gap_is_the_largest_of_all_pairs(rates):
    known = [rate for rate in rates if not math.isnan(rate)]
    expected = max((abs(a - b) for a in known for b in known), default=math.nan)
    assert largest_gap(np.array(rates)) == pytest.approx(expected, nan_ok=True)


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_applicants_does_not_matter(taiwan_config, seed):
    scores, bad, members = many(5, 60)
    order = np.random.default_rng(seed).permutation(60)
    moved = Scores(*(column[order] for column in scores))
    again = audited(taiwan_config.data, moved, bad[order], {name: of[order] for name, of in members.items()})
    once = audited(taiwan_config.data, scores, bad, members)
    assert again.keys() == once.keys() == members.keys()
    for attribute, result in once.items():
        for group, row in result["groups"].items():
            assert again[attribute]["groups"][group] == pytest.approx(row)
