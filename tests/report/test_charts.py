import re
import xml.etree.ElementTree as ElementTree

import matplotlib
import pytest

from takeback.report import charts
from takeback.report.svg import COLOURS

THEME = {f"var(--{name})" for name in COLOURS}
HOSTILE = 'a$_{b --><script>alert("1")</script>&'
CURVE = [{"false_positive_rate": x / 10, "true_positive_rate": (x / 10) ** 0.5} for x in range(11)]
BINS = [{"count": 50, "mean_pd": 0.1, "bad_rate": 0.0}, {"count": 50, "mean_pd": 0.6, "bad_rate": 0.7}]
LEARNING = [{"round": i, "train_logloss": 1 / i, "validation_logloss": 1 / i + 0.1} for i in range(1, 9)]


def group(name: str, ratio: float | None, **values: object) -> dict:
    below = ratio is not None and ratio < 0.8
    return {
        "attribute": "sex",
        "group": name,
        "ratio": ratio,
        "reference": False,
        "small": False,
        "below": below,
    } | values


def all_charts(name: str = "x") -> list[str]:
    return [
        charts.roc({name: CURVE, "rule": CURVE}, {name: 0.8, "rule": 0.7}, name),
        charts.calibration(BINS),
        charts.learning(LEARNING, 4),
        charts.importance([{"name": name, "value": 2.0}, {"name": "other", "value": 1.0}]),
        charts.ratios([group(name, 1.0, reference=True), group("low", 0.5), group("none", None)], 0.8),
    ]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("text")]


def test_the_same_numbers_give_the_same_bytes_whatever_the_machine_prefers():
    first = all_charts()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "another"}):
        assert all_charts() == first


@pytest.mark.parametrize("svg", all_charts(HOSTILE))
def test_a_hostile_name_stays_text(svg):
    elements = {element.tag for element in ElementTree.fromstring(svg).iter()}
    assert elements <= {"svg", "g", "defs", "path", "use", "text", "clipPath", "rect"}


def test_a_hostile_name_is_shown_as_it_is():
    assert HOSTILE in texts(all_charts(HOSTILE)[3])


def test_every_colour_comes_from_the_theme_of_the_page():
    for svg in all_charts():
        assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", svg)) <= {"none", *THEME}
        assert "http" not in svg


def test_ids_differ_between_the_pictures_of_a_page():
    ids = [found for svg in all_charts() for found in set(re.findall(r'\bid="([^"]*)"', svg))]
    assert len(ids) == len(set(ids))
    for svg in all_charts():
        assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', svg)) <= set(re.findall(r'\bid="([^"]*)"', svg))


def test_the_legend_of_the_roc_has_the_best_first():
    labels = [text for text in texts(charts.roc({"a": CURVE, "b": CURVE}, {"a": 0.6, "b": 0.9}, "a")) if "AUC" in text]
    assert labels == ["b, AUC 0.900", "a, AUC 0.600"]


def test_importance_shows_the_first_rows_only():
    rows = [{"name": f"f{i}", "value": 20.0 - i} for i in range(20)]
    assert [text for text in texts(charts.importance(rows)) if text.startswith("f")] == [f"f{i}" for i in range(12)]


def test_importance_of_nothing_is_an_empty_picture():
    assert texts(charts.importance([{"name": "a", "value": 0.0}])) == ["a", "0"]
    assert texts(charts.importance([])) == []


def test_a_ratio_below_the_limit_is_drawn_in_red_and_hollow_if_the_group_is_small():
    assert "fill: var(--bad)" not in charts.ratios([group("a", 0.9)], 0.8)
    assert "fill: var(--bad)" in charts.ratios([group("a", 0.7)], 0.8)
    assert "fill: var(--ground); stroke: var(--bad)" in charts.ratios([group("a", 0.7, small=True)], 0.8)


def test_learning_without_a_kept_round_has_no_line_for_it():
    assert "kept: 4" in texts(charts.learning(LEARNING, 4))
    assert not any("kept" in text for text in texts(charts.learning(LEARNING, None)))


@pytest.mark.parametrize(("rate", "count"), [(0.0, 10), (0.3, 100), (1.0, 10)])
def test_the_interval_holds_the_rate_and_stays_a_share(rate, count):
    low, high = charts._interval(rate, count)
    assert -1e-12 <= low <= rate + 1e-12
    assert rate - 1e-12 <= high <= 1 + 1e-12


def test_wilsons_interval_has_the_published_value():
    # Brown, Cai and DasGupta (2001) use 95%; 10 of 100 gives 0.0552 to 0.1744.
    assert charts._interval(0.1, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_a_long_name_is_cut():
    assert charts.shortened("abcdef", 4) == "abc…"
    assert charts.shortened("abcd", 4) == "abcd"
