"""What to know before signing follows from the numbers, and what is narrow is told from what is not."""

import pytest

from takeback.report.findings import findings, margin, tightest
from takeback.report.page import render
from takeback.report.report_words import criteria
from tests.report.example import UNSURE, criterion
from tests.report.html_page import Page


def narrow(**rows):
    return [row["words"] for row in tightest(criteria({"criteria": rows}))]


def test_what_was_missed_comes_first_then_what_was_met_most_narrowly():
    rows = {
        "min_auc": criterion(0.9, "pass", low=0.88, high=0.92),  # five half widths above 0.8
        "max_brier": criterion(0.79, "pass", low=0.69, high=0.89),  # a tenth of one below
        "min_approval_ratio.sex.b": criterion(0.6, "fail", low=0.5, high=0.7),
    }
    assert narrow(**rows) == ["Approval ratio of sex: b", "Brier score", "AUC"]


def test_what_is_open_not_shown_met_to_the_full_or_only_reported_is_not_narrow():
    rows = {
        "min_auc": criterion(0.79, UNSURE, low=0.7, high=0.9),
        "min_approval_ratio.sex.a": criterion(None, "pass"),
        "min_reasons_coverage": criterion(0.8, "pass"),
        "max_brier": criterion(0.9, "fail", "never"),
    }
    assert narrow(**rows) == []


@pytest.mark.parametrize(
    ("name", "value", "interval", "expected"),
    [
        ("min_auc", 0.9, {"low": 0.8, "high": 1.0}, 1.0),
        ("max_brier", 0.9, {"low": 0.8, "high": 1.0}, -1.0),
        ("min_auc", 0.84, {}, 1.0),  # a twentieth of the limit
        ("near_calibration_slope", 1.0, {"low": 0.5, "high": 2.0}, 0.0),
    ],
)
def test_a_margin_is_in_half_widths_or_twentieths(name, value, interval, expected):
    row = criterion(value, "pass", **interval) | ({"limit": 1.0} if name.startswith("near") else {})
    assert margin(criteria({"criteria": {name: row}})[0]) == pytest.approx(expected)


def texts(metrics):
    return {found["section"]: found["text"] for found in findings(metrics)}


def test_each_finding_has_its_numbers(metrics):
    found = texts(metrics)
    assert "earns 0.0100 (0.0050 to 0.0150) more per application than today's rule at its best cut" in found["business"]
    assert "Under 1 of 4 other assumptions" in found["business"]
    assert "Sex second: approved 0.56 times as often" in found["groups"]
    assert "(0.44 to 0.68), below the limit of 0.8" in found["groups"]
    assert "3.3% of decisions would differ" in found["near_threshold"]
    assert found["slices"].startswith("PDs are too low where income < 7: 30.0% said, 45.0% seen, 2.0% of applicants")
    assert found["gate"].startswith("1 of 5 criteria have no verdict")


def test_a_slice_whose_pds_are_too_high_is_no_warning(metrics):
    for row in metrics["slices"]["slices"]:
        row["test"]["bad_rate"] = 0.1
    assert "slices" not in texts(metrics)


def test_a_quiet_release_has_few_findings(metrics):
    for row in metrics["gate"]["criteria"].values():
        row["result"] = "pass"
    metrics["fairness"]["sex"]["groups"]["second"]["approval_ratio"] = 0.95
    metrics["slices"]["slices"] = []
    metrics["near_threshold"]["flips"]["share"] = None
    groups = metrics["group_verdicts"]["pairs"]["sex x region"]["groups"]
    groups.pop("second x b")
    assert [*texts(metrics)] == ["business"]


def test_pairs_that_fail_and_pairs_without_a_verdict_are_told(metrics):
    found = [each["text"] for each in findings(metrics) if each["section"] == "intersections"]
    assert found[0] == "Of two groups at once these fail, corrected for their number: second x a 0.61."
    assert found[1].startswith("1 of 2 such pairs are too small for a verdict")


RELEASE = {
    "version": "v2.0.0",
    "commit": "c" * 40,
    "by": "Ada <ada@example.org>, 2027-01-02",
    "signature": "not signed",
    "previous": "v1.0.0",
    "changes": ["features: +PAY_2"],
    "summary": ["Decisions: 12 of 340 applicants flip."],
    "tables": [{"title": "Settings", "header": ["a", "b"], "rows": [["x", "1"]], "right": 1, "open": True}],
    "runs": ["prod"],
    "approvals": [
        {"role": "model_risk", "by": "Ben <ben@example.org>: validated", "problem": None},
        {"role": "credit_head", "by": "Eve", "problem": "is by nobody"},
    ],
    "missing": {"eu": ["credit_head"]},
}


def test_a_release_says_what_changed_who_approved_it_and_where_it_runs(metrics):
    page = Page(render(metrics, RELEASE))
    assert not page.open
    for text in (
        *(
            "v2.0.0: xgboost on example",
            "c" * 12,
            "released by Ada",
            "The release before is v1.0.0",
            "It runs in prod.",
        ),
        *("features: +PAY_2", "12 of 340 applicants flip", "model risk", "validated", "does not count", "eu waits for"),
        *("Team Kredit", "Next review: 2027-06-30", "ben@example.org"),
    ):
        assert text in " ".join(" ".join(page.words).split()), text


def test_a_first_release_without_anybody_says_so(metrics):
    metrics["governance"] |= {"owner": None, "next_review": None, "approvers": {}}
    bare = {**RELEASE, "previous": None, "runs": [], "approvals": [], "missing": {}}
    text = " ".join(" ".join(Page(render(metrics, bare)).words).split())
    for said in ("It is the first release.", "It runs nowhere.", "Nobody has approved it.", "No owner is named."):
        assert said in text
