"""Each section says what its numbers are, and is whole without them."""

import pandas as pd
import pytest

from takeback.report.page import render
from takeback.report.performance_sections import gains
from takeback.report.sections import SECTIONS
from tests.report.example import UNSURE, audit, criterion, curve, group
from tests.report.html_page import Page, section


def missing(text, *words):
    return [word for word in words if word not in text]


def shown(metrics, name):
    return section(render(metrics), name)


def content(metrics, name):
    return next(s for s in SECTIONS if s.name == name).content(metrics)


def test_the_business_case_has_the_rule_first_also_at_its_best_cut_then_the_champion(metrics):
    rows = content(metrics, "business")["rows"]
    assert [*rows] == ["rule", "rule_best_cut", "xgboost", "logistic", "forest"]
    text = shown(metrics, "business")
    assert not missing(text, "51.2% 49.9% to 52.6%", "at its best cut 52.1% 17.5% 30.3%", "0.0400 0.0350 to 0.0450")


def test_the_profit_beside_the_rule_is_said_in_words_with_what_chance_explains(metrics):
    assert not missing(
        shown(metrics, "business"),
        "xgboost earns 0.0300 more per application than the rule as it is (0.0250 to 0.0350 on the same applicants), "
        "and 0.0100 more per application than the rule at its best cut (0.0050 to 0.0150 on the same applicants).",
        "0.0010 less per application than the rule at its best cut (−0.0060 to 0.0040 on the same applicants; "
        "chance may explain it).",
    )


@pytest.mark.parametrize(("reviewed", "said"), [(0.2288, True), (1.0, False)])
def test_reviews_that_nobody_has_time_for_are_named(metrics, reviewed, said):
    metrics["business"]["offers"]["rule"]["reviewed"] = reviewed
    assert ("Mind the reviews" in shown(metrics, "business")) is said
    assert ("have time for 23% of those" in shown(metrics, "business")) is said


def test_what_a_review_and_a_thin_file_are_worth(metrics):
    assert not missing(
        shown(metrics, "business"),
        "worth 0.0438 per unit of exposure",
        "No review pays from a cost of 0.0625 on",
        "here they approve 50.0% more",
        "refer −0.0424 −0.0012 0.0%",
        "sex: first 2.97%".replace("2.97", "3.0"),
    )
    metrics["business"]["thin_files"]["share"] = None
    assert "Thin files" not in shown(metrics, "business")


def test_where_the_champion_stops_being_the_better_choice(metrics):
    assert not missing(
        shown(metrics, "business"),
        "In 1 of 4 cases the rule earns as much or more",
        "In 1 chance may explain the gain (in brackets).",
        "0.50 50% 0.0151 (0.0032)",
        "0.90 50% (−0.0043) 0.0154",
    )


def test_ranking_has_intervals(metrics):
    assert not missing(shown(metrics, "ranking"), "H-measure", "EMP", "0.7961 0.7838 to 0.8084", "0.3019")


def test_calibration_within_groups_names_those_beyond_the_limit(metrics):
    metrics["gate"]["criteria"]["near_group_calibration_odds.sex.second"] = {**criterion(1.0987, "fail"), "limit": 1.05}
    text = shown(metrics, "calibration")
    assert not missing(
        text,
        "expects 22.1% on average",
        "23.1% defaulted",
        "Beyond the limit: sex second, 1.10.",
        "Calibration slope 0.954",
        "1.079",
        "margin: beta",
        "none 0.4567 0.0013",
    )


def test_thresholds_name_the_best_point_within_the_capacity(metrics):
    assert content(metrics, "thresholds")["best"]["decline_from"] == 0.3
    text = shown(metrics, "thresholds")
    assert not missing(text, "that earns 0.0456 per application.", "14.56%", "approve below 20.0%, decline from 30.0%")


def test_a_better_point_that_analysts_have_no_time_for_is_not_named(metrics):
    metrics["policy"]["max_referral_rate"] = 0.0
    best = content(metrics, "thresholds")["best"]
    assert best["approve_below"] == best["decline_from"]
    assert best["referral_rate"] == 0


def test_groups_have_ratio_interval_and_the_gates_verdict(metrics):
    metrics["gate"]["criteria"]["min_approval_ratio.sex.third"] = criterion(0.7, UNSURE)
    text = shown(metrics, "groups")
    below, _, open_ = text.partition("Below the limit")[2].partition("Not enough evidence")
    assert "sex: second, 0.561 (0.441 to 0.681)" in below
    assert "sex: third, no ratio" in open_
    assert not missing(
        text, "first reference", "second ◆", "third □", "largest gap in approval 10.0 points, 20.0 among"
    )


def test_without_a_ratio_the_page_says_so_and_is_whole(metrics):
    metrics["fairness"] = {"sex": audit(first=group(500, None), second=group(400, None))}
    text = render(metrics)
    assert not Page(text).open
    assert "There is no approval ratio." in section(text, "groups")


def test_intersections_have_a_verdict_and_those_too_small_are_counted(metrics):
    text = shown(metrics, "intersections")
    assert not missing(text, "second x a", "first x a", "0.61", "0.012", "0.60", "43%", "◆ fail")
    assert not missing(text, "1 of 2 pairs are large enough for a verdict; 1 fails", "1 have too few people")
    assert "second x b" not in text


def test_pairs_that_fail_come_first_even_if_others_have_lower_ratios(metrics):
    groups = metrics["group_verdicts"]["pairs"]["sex x region"]["groups"]
    groups["third x a"] = {**groups["second x a"], "ratio": 0.4}
    metrics["gate"]["criteria"]["min_intersection_ratio.sex x region.third x a"] = criterion(0.4, UNSURE)
    assert [row["group"] for row in content(metrics, "intersections")["worst"]] == ["second x a", "third x a"]


def test_a_pair_that_is_judged_but_hidden_is_counted(metrics):
    row = metrics["group_verdicts"]["pairs"]["sex x region"]["groups"]["second x a"]
    row |= dict.fromkeys(row.keys() - {"judged"})
    text = shown(metrics, "intersections")
    assert not missing(text, "There is no intersection with a ratio", "1 are judged, but their numbers")


def test_groups_are_held_against_the_highest_rate_too(metrics):
    text = shown(metrics, "groups")
    assert not missing(text, "highest approval rate of a large enough group is that of first", "0.60", "43%", "0.068")


def test_who_is_near_a_threshold_and_who_flips_most(metrics):
    text = shown(metrics, "near_threshold")
    assert not missing(
        text, "2 percentage points", "11.1% (5 applicants)", "7.8%", "3.3% of decisions", "200 resamples"
    )
    assert not missing(text, "Most often those of sex second: 6.7%", "sex: third – – –")


def test_slices_that_chance_explains_are_not_counted_as_worse(metrics):
    text = shown(metrics, "slices")
    assert not missing(
        text,
        "income &lt; 7",
        "987 slices were tried. Of the worst 2, 0 are more than luck",
        "and 1 holds",
        "0.210 0.100 to 0.300",
        "income : income a year",
    )
    metrics["slices"]["slices"] = []
    assert "The search found no slice." in shown(metrics, "slices")


def test_features_are_in_or_out_with_reason_and_strongest_proxy(metrics):
    first, _, rest = shown(metrics, "selection").partition("All 2 features")
    assert not missing(first, "1 of 2 features", "income income a year sex 0.456 0.321", "sex 0.51 (second).")
    assert "region" not in first
    income, _, age = rest.partition("age")
    assert not missing(income, "✓ in", "0.321", "3.5", "0.456", "sex", "kept", "income a year")
    assert not missing(age, "✕ out", "0.002", "–", "too weak")


def test_the_strongest_proxy_comes_first_and_only_if_it_is_in_the_models(metrics):
    features = metrics["selection"]["features"]
    features["weak"] = {**features["income"], "proxy_gini": {"sex": 0.1, "age": 0.2}}
    features["out"] = {**features["age"], "proxy_gini": {"sex": 0.9}}
    proxies = content(metrics, "selection")["proxies"]
    assert [(row["name"], row["proxy"], row["proxy_of"]) for row in proxies] == [
        ("income", 0.456, "sex"),
        ("weak", 0.2, "age"),
    ]


def test_reasons_are_counted_and_held_against_the_approved_and_shapley_values(metrics):
    text = shown(metrics, "reasons")
    assert not missing(text, "1,234 declined: 99.1% get a reason", "true of 97.6%", "98.7% the PD falls", "77 referred")
    assert not missing(text, "same first reason for 81.5% of 300 who are declined", "Income is low: 12.3% of those")
    metrics["reasons"]["shapley"] = None
    assert "No comparison with Shapley values" in shown(metrics, "reasons")


def test_a_reason_that_nearly_everybody_is_told_is_drawn_without_its_share(metrics):
    metrics["reasons"]["frequency"].insert(
        0, {"words": "Bills were late", "first": None, "any": None, "approved": None}
    )
    assert not missing(shown(metrics, "reasons"), "Bills were late", "nearly all, first –", "83%, first 61%")


def test_reasons_of_nobody_are_whole(metrics):
    nobody = {"count": 0, "with_reason": None, "top_is_true": None, "top_lowers_pd": None}
    metrics["reasons"] = {"declined": nobody, "referred": nobody, "frequency": [], "shapley": None}
    assert "0 declined: – get a reason" in shown(metrics, "reasons")


def test_learning_draws_the_gap_where_it_was_measured(metrics):
    assert "Gap between groups by round" in shown(metrics, "learning")
    metrics["candidates"]["xgboost"]["learning_curve"] = curve()
    assert "Gap between groups by round" not in shown(metrics, "learning")
    metrics["candidates"]["xgboost"]["learning_curve"] = pd.DataFrame()
    assert "No candidate learns in rounds." in shown(metrics, "learning")


def test_the_gate_has_all_criteria(metrics):
    text = shown(metrics, "gate")
    assert not missing(text, "All 5 criteria: 1 pass, 3 fail, 1 without enough evidence", "AUC ✓ pass 0.7961")
    assert not missing(text, "◆ fail 0.5611 0.441 to 0.681 at least 0.8 blocks if it fails", "is only reported")


def test_data_quality_is_shown(metrics):
    text = shown(metrics, "data")
    assert not missing(text, "12,345", "12,340", "0.04%", "3.21%", "25.0%", "expected at least 0", "4,321 rows, 24.7%")


def test_policy_and_environment_say_what_made_the_release(metrics):
    assert not missing(shown(metrics, "policy"), "Loss given default 0.75", "Review cost 0.005")
    assert not missing(shown(metrics, "environment"), "numpy 2.4.6", "&gt;=3.11", "5" * 64, "contract.json " + "c" * 64)


def test_gains_are_counted_from_the_riskiest_and_a_break_of_the_order_is_marked(metrics):
    """Of 300 applicants 20 + 30 + 10 default, 20% of all."""
    bins = pd.DataFrame({"count": [100.0] * 3, "mean_pd": [0.1, 0.2, 0.3], "bad_rate": [0.1, 0.3, 0.2]})
    table = gains(bins)
    assert [row["bad_rate"] for row in table] == [0.2, 0.3, 0.1]
    assert [row["lift"] for row in table] == pytest.approx([1.0, 1.5, 0.5])
    assert [row["captured"] for row in table] == pytest.approx([1 / 3, 5 / 6, 1.0])
    assert [row["breaks"] for row in table] == [False, True, False]
    metrics["candidates"]["xgboost"]["calibration"] = bins
    assert not missing(shown(metrics, "ranking"), "In 1 of 3 more default", "◆ 30.0%", "1.50", "83%")
    assert gains(bins.iloc[:0]) == []
