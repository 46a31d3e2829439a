"""What the picture of a comparison says of each group."""

import re
from html import unescape

from takeback.compare.diff_page import approval


def change(before, after, interval):
    return {"approval_rate": {"before": before, "after": after, "change": after - before, "interval": interval}}


FAIRNESS = {
    "marital_status": {
        "groups": {"not_married": change(0.5, 0.61, (0.08, 0.14)), "married": change(0.4, 0.39, (-0.03, 0.01))}
    },
    "sex": {
        "groups": {
            "unknown": {"approval_rate": {"before": None, "after": 0.5, "change": None, "interval": None}},
            "<b>": change(0.3, 0.3, None),
        }
    },
    "age": {"groups": {"old": {"approval_rate": {"before": 0.1, "after": None, "change": None, "interval": None}}}},
}


def texts(svg):
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_each_group_has_its_attribute_its_name_and_its_change():
    shown = [
        text for text in texts(approval(FAIRNESS)) if text != "approval rate" and not re.fullmatch(r"[\d.]+", text)
    ]
    assert shown == [
        *("marital status", "not married", "+11.0 pts", "married", "-1.0 pts"),
        *("sex", "<b>", "+0.0 pts"),
    ]


def test_with_no_group_on_both_sides_there_is_no_picture():
    assert approval({"age": FAIRNESS["age"]}) is None
    assert approval({}) is None
