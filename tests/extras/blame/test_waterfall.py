"""What stands beside the bars of a waterfall: the name of each step and how far it moved the metric."""

import re
from fractions import Fraction
from html import unescape

from takeback.extras.blame.attribution import Attribution, StepEffect
from takeback.extras.blame.blame_words import as_text
from takeback.extras.blame.waterfall import waterfall

PARTS = (
    StepEffect("policy", ("policy.review_cost",), Fraction(3, 100), 0.01),
    StepEffect("data <b>", ("data.source",), Fraction(-1, 100), 0.02),
)
RESULT = Attribution(
    metric="decision.profit_per_application",
    revisions=("v1.0.0", "v1.1.0"),
    champions=("rule", "xgboost"),
    before=Fraction(10, 100),
    after=Fraction(12, 100),
    parts=PARTS,
    merged={},
    values={},
)


def texts(svg):
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_each_step_has_its_name_and_its_number_and_noise_is_told():
    shown = texts(waterfall(RESULT))
    names = [text for text in shown if text in ("v1.0.0", "policy", "data <b>", "v1.1.0")]
    assert names == ["v1.0.0", "policy", "data <b>", "v1.1.0"]
    for start, end in (("0.10", ""), ("+0.03", "better"), ("-0.01", "noise"), ("0.12", "")):
        assert [text for text in shown if text.replace("\u2212", "-").startswith(start) and text.endswith(end)], start
    assert "decision.profit_per_application" in shown


def test_a_step_without_an_interval_is_not_called_noise():
    unknown = (StepEffect("policy", (), Fraction(2, 100), None),)
    shown = texts(waterfall(Attribution(**{**vars(RESULT), "parts": unknown})))
    assert [text for text in shown if "noise" in text] == []


def test_good_and_bad_are_named_whichever_way_the_metric_moves():
    """A fall of the Brier score is better, and of the approval rate it is neither."""
    for metric, word, colour in (("probability.brier", "worse", "bad"), ("decision.approve_rate", "", "series-1")):
        svg = waterfall(Attribution(**{**vars(RESULT), "metric": metric}))
        [told] = [text for text in texts(svg) if text.startswith("+0.03")]
        assert told == f"+0.0300 {word}".rstrip()
        assert f"var(--{colour})" in svg
        assert "var(--good)" not in svg


def test_money_at_another_policy_is_told_apart():
    said = as_text(Attribution(**{**vars(RESULT), "before_at_own_policy": Fraction(5, 100)}))
    assert "At its own v1.0.0 said 0.0500: the change of policy alone makes that 0.1000." in said
    assert "priced at" not in as_text(RESULT)
    assert "priced at its own policy" in as_text(Attribution(**{**vars(RESULT), "not_repriced": "no scores"}))
    assert re.search(r"policy +\+0\.0300 .* named: better", said)
