import re
import xml.etree.ElementTree as ElementTree

import matplotlib
import pandas as pd
import pytest

from takeback.report import charts
from takeback.report.charts import gaps, learning
from takeback.report.group_chart import ODDS, RATIO, _grid, by_group, surface
from takeback.report.svg import COLOURS
from tests.report import example

THEME = {f"var(--{name})" for name in COLOURS}
HOSTILE = 'a$_{b --><script>alert("1")</script>&'
CURVE = pd.DataFrame([{"false_positive_rate": x / 10, "true_positive_rate": (x / 10) ** 0.5} for x in range(11)])
BINS = pd.DataFrame({"count": [50, 50], "mean_pd": [0.1, 0.6], "bad_rate": [0.0, 0.7]})
LEARNING = pd.DataFrame([{"round": i, "train_logloss": 1 / i, "validation_logloss": 1 / i + 0.1} for i in range(1, 9)])


CHOSEN = {"approve_below": 0.2, "decline_from": 0.3}


def group(name: str, value: float | None, verdict: str | None = "pass", interval: list | None = None) -> dict:
    return {"attribute": "sex", "group": name, "value": value, "verdict": verdict, "interval": interval}


def ratios(*groups: dict, scale=RATIO) -> str:
    return by_group("ratios", "Ratios.", groups, scale)


def all_charts(name: str = "x") -> list[str]:
    return [
        charts.roc({name: CURVE, "rule": CURVE}, {name: 0.8, "rule": 0.7}, name),
        charts.calibration(BINS),
        learning(LEARNING, 4),
        charts.bars("bars", name, [{"name": name, "value": 2.0}, {"name": "other", "value": 1.0}]),
        ratios(group(name, 1.0, "reference"), group("low", 0.5, "fail", [0.4, 0.6]), group("none", None, None)),
        gaps(example.curve(name, "age"), 2),
        surface(example.surface(), CHOSEN, 0.1),
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
    assert len(all_charts()) > 3
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


def test_bars_show_the_first_rows_only():
    rows = [{"name": f"f{i}", "value": 20.0 - i} for i in range(20)]
    assert [t for t in texts(charts.bars("b", "Bars", rows)) if t.startswith("f")] == [f"f{i}" for i in range(12)]


def test_bars_of_nothing_are_an_empty_picture():
    assert texts(charts.bars("b", "Bars", [{"name": "a", "value": 0.0}])) == ["a", "0"]
    assert texts(charts.bars("b", "Bars", [])) == []


def test_verdicts_differ_in_colour_filling_and_shape():
    drawn = {verdict: ratios(group("a", 0.7, verdict)) for verdict in ("pass", "fail", "insufficient evidence")}
    assert "var(--bad)" in drawn["fail"]
    assert "var(--bad)" not in drawn["pass"] + drawn["insufficient evidence"]
    assert "fill: var(--ground); stroke: var(--warn)" in drawn["insufficient evidence"]
    assert len({re.search(r"<defs>\s*<path[^>]*d=\"([^\"]*)", svg).group(1) for svg in drawn.values()}) > 1


def test_the_limit_and_the_interval_are_drawn():
    plain = ratios(group("a", 0.7))
    assert ratios(group("a", 0.7, "pass", [0.6, 0.8])).count("<path") == plain.count("<path") + 1
    assert "var(--bad)" in ratios(group("a", 0.7), scale=RATIO._replace(limits=(0.8,)))


def test_an_interval_without_end_does_not_squeeze_the_rest():
    assert "10" not in texts(ratios(group("a", 1.0, "pass", [0.1, 40.0])))
    assert "1.00" in texts(ratios(group("a", 1.0, "pass", [0.1, 40.0])))


def test_every_group_has_its_name_its_attribute_and_its_number():
    drawn = texts(ratios(group("low", 0.5, "fail", [0.4, 0.6]), group("none", None), group("first", 1.0, "reference")))
    assert drawn[drawn.index("sex") :] == ["sex", "low", "0.50", "none", "–", "first", "reference"]


def test_a_negative_gap_has_a_minus():
    assert "0.98" in texts(ratios(group("a", 0.98), scale=ODDS))


def test_learning_without_a_kept_round_has_no_line_for_it():
    assert "kept: 4" in texts(learning(LEARNING, 4))
    assert not any("kept" in text for text in texts(learning(LEARNING, None)))


def test_gaps_have_a_line_per_attribute_and_are_left_out_where_nobody_measured_them():
    assert {"sex", "age", "kept: 2"} <= set(texts(gaps(example.curve("sex", "age"), 2)))
    assert gaps(LEARNING, 2) is None


@pytest.mark.parametrize("most_referred", [0.0, 0.1, 1.0])
def test_the_surface_shows_where_analysts_have_no_time_left(most_referred):
    line = "stroke: var(--bad)"
    assert (line in surface(example.surface(), CHOSEN, most_referred)) is (most_referred == 0.1)


def test_the_grid_has_approval_along_x_decline_along_y_and_nothing_where_they_cross():
    profit, referred = _grid(example.surface())
    assert [*profit.columns] == [*profit.index] == [0.1, 0.2, 0.3]
    assert profit.loc[0.3, 0.2] == example.surface()["profit_per_application"].max()
    assert referred.loc[0.3, 0.1] == pytest.approx(0.4)
    assert profit.isna().to_numpy().tolist() == [[False, True, True], [False, False, True], [False, False, False]]


def test_a_surface_with_nothing_to_choose_is_none():
    assert surface(example.surface()[:1], CHOSEN, 0.1) is None
    same = example.surface().assign(profit_per_application=0.1)
    assert surface(same, CHOSEN, 0.1) is None


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
