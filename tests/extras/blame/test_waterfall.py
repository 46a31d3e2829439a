"""What stands beside the bars of a waterfall: the name of each step and how far it moved the metric."""

import re
from fractions import Fraction
from html import unescape

from takeback.extras.blame.attribution import Attribution, StepEffect
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
    for start, end in (("0.10", ""), ("+0.03", ""), ("-0.01", "noise"), ("0.12", "")):
        assert [text for text in shown if text.replace("\u2212", "-").startswith(start) and text.endswith(end)], start
    assert "decision.profit_per_application" in shown


def test_a_step_without_an_interval_is_not_called_noise():
    unknown = (StepEffect("policy", (), Fraction(2, 100), None),)
    shown = texts(waterfall(Attribution(**{**vars(RESULT), "parts": unknown})))
    assert [text for text in shown if "noise" in text] == []
