"""The trend over real tags of a real repository."""

import json
import re

import pytest

from takeback.releases.trend_formats import as_text, sparkline
from takeback.releases.trend_page import as_html, chart
from takeback.releases.trend_reading import MEASURES, read_trend, smallest_ratio
from takeback.repository.git import git
from tests.releases.trend.conftest import PLANTED, Tagged, fairness
from tests.report.html_page import Page


def test_every_release_in_version_order_from_its_own_tag(tagged):
    tagged.write("metrics/champion.json", {"champion": "forest"})
    rows = read_trend(tagged.folder)
    assert [row["release"] for row in rows] == ["v1.9.0", "v1.10.0", "v2.0.0"]
    assert [row["champion"] for row in rows] == ["logistic", "logistic", "xgboost"]
    assert [row["verdict"] for row in rows] == [None, "pass", "blocked"]
    assert [row["measures"]["auc"]["value"] for row in rows] == [None, 0.79, 0.8003]
    assert rows[2]["measures"]["smallest_approval_ratio"] == {
        "value": 0.6577,
        "interval": [0.58, 0.74],
        "group": "age.young",
    }
    assert rows[1]["measures"]["smallest_approval_ratio"] == {"value": 0.84, "interval": None, "group": "age.young"}
    assert git("status", "--porcelain", folder=tagged.folder) == "M metrics/champion.json".rjust(24)


def test_the_table_has_dashes_where_a_release_wrote_nothing(tagged):
    lines = tagged.trend().splitlines()
    old, middle, new, trend = (re.split(r" {2,}", line) for line in lines[-4:])
    assert old[0:1] + old[2:] == ["v1.9.0", "logistic", *["-"] * 8]
    assert middle[2:] == ["logistic", "pass", "age: young", "0.7900", "0.1317", "0.0455", "49.3%", "18.5%", "0.8400"]
    assert new[2:] == ["xgboost", "blocked", "age: young", "0.8003", "0.1317", "0.0455", "49.3%", "18.5%", "0.6577"]
    assert [cell.strip() for cell in trend] == ["trend", "▁█", "▁▁", "▁▁", "▁▁", "▁▁", "█▁"]
    assert f"v2.0.0: {PLANTED}." in lines


def test_json_and_the_page_say_the_same(tagged):
    rows = read_trend(tagged.folder)
    assert json.loads(tagged.trend("--json")) == {"schema_version": 1, "releases": rows}
    assert "trend.html written" in tagged.trend("--html", "--output", "trend.html")
    text = tagged.path("trend.html").read_text()
    assert text == as_html(rows)
    page = Page(text)
    assert not page.open
    assert text.count('<svg class="chart"') == len(MEASURES)
    assert not re.search(r"https?:|@import|url\((?!#)|<script", text)
    assert PLANTED in text.partition("<h1>")[0]


def test_without_a_release_it_says_what_to_do(untagged):
    assert "There is no release yet" in untagged.trend()
    assert json.loads(untagged.trend("--json")) == {"schema_version": 1, "releases": []}
    page = Page(untagged.trend("--html"))
    assert not page.open
    assert any("There is no release yet" in words for words in page.words)


def test_one_release_has_a_line_and_no_trend(untagged):
    untagged.release("v1.0.0")
    printed = untagged.trend()
    assert printed.startswith("1 release\n")
    assert printed.splitlines()[-1].startswith("v1.0.0")
    assert "<svg" not in untagged.trend("--html")


def test_it_works_from_a_folder_below(tagged):
    tagged.path("deep").mkdir()
    assert Tagged(tagged.path("deep")).trend() == tagged.trend()


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--json", "--html"], "--json, --html: found both"), (["--output", "metrics"], "metrics: is a folder")],
)
def test_a_mistake_is_one_message(tagged, options, said):
    assert said in tagged.trend(*options, fails=True)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("metrics/gate.json", "{", "not readable as JSON"),
        ("metrics/gate.json", "[" * 100_000, "not readable as JSON"),
        ("metrics/gate.json", '{"verdict": NaN}', "found NaN, which is no JSON"),
        ("metrics/gate.json", '{"a": ' + "9" * 5000 + "}", "not readable as JSON"),
        ("metrics/gate.json", "\x00\udc80", "not readable as JSON"),
        ("params.yaml", "a: [", "not readable as YAML"),
        ("params.yaml", "a: &a [x]\nb: *a", "is an alias; expected the value itself"),
        ("params.yaml", "a: " + "9" * 5000, "not readable as YAML"),
    ],
)
def test_a_broken_file_in_a_tag_is_named_and_the_others_are_shown(untagged, path, text, said):
    untagged.release("v1.0.0")
    untagged.path(path).write_bytes(text.encode(errors="surrogateescape"))
    untagged.release("v1.1.0")
    printed = untagged.run("takeback", "trend")
    assert f"warning: v1.1.0: {path}: {said}" in printed or f"warning: v1.1.0: {path}: not readable" in printed
    assert said in printed
    assert [row["release"] for row in json.loads(untagged.trend("--json"))["releases"]] == ["v1.0.0"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("params.yaml", "[1]"),
        ("params.yaml", "gate: 3"),
        ("params.yaml", "gate: {min_group_size: many}"),
        ("metrics/logistic/test/performance.json", '{"ranking": 3}'),
        ("metrics/logistic/test/performance.json", '{"ranking": {"auc": "high"}}'),
        ("metrics/logistic/test/performance.json", '{"ranking": {"auc": 1e300}}'),
        ("metrics/logistic/test/intervals.json", '{"ranking.auc": "wide"}'),
        ("metrics/logistic/test/fairness.json", '{"age": {"groups": {"a": {"approval_ratio": {}}}}, "sex": [1]}'),
        ("metrics/logistic/test/fairness.json", '{"age": {"groups": {"a": {"approval_ratio": 0.5, "count": "x"}}}}'),
    ],
)
def test_what_has_another_form_is_a_dash(untagged, name, text):
    path = untagged.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    untagged.release("v1.0.0")
    [row] = read_trend(untagged.folder)
    assert row["measures"]["auc"]["value"] is None
    assert "1 release\n" in untagged.trend()


def test_the_smallest_ratio_leaves_out_the_reference_and_groups_too_small_for_the_gate():
    audit = fairness(young=1.2, old=1.1)
    assert smallest_ratio(audit, {}, 100) == {"value": 1.1, "interval": None, "group": "age.old"}
    assert smallest_ratio(audit, {}, 0)["group"] == "age.tiny"
    assert smallest_ratio({}, {}, 0) == {"value": None, "interval": None, "group": None}
    assert smallest_ratio(fairness(young=None), {}, 100)["value"] is None


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([1, None, 2], "▁ █"),
        ([0.5, 0.5], "▁▁"),
        ([0.5], ""),
        ([], ""),
        ([None, 1], ""),
    ],
)
def test_sparklines(values, drawn):
    assert sparkline(values) == drawn


def test_many_releases_name_only_some_and_always_the_latest(tagged):
    row = read_trend(tagged.folder)[-1]
    svg = chart("auc", [{**row, "release": f"v{i}.0.0"} for i in range(20)])
    named = re.findall(r">(v\d+\.0\.0)<", svg)
    assert len(named) <= 6
    assert named[-1] == "v19.0.0"


def test_names_of_people_stay_text(tagged):
    row = {**read_trend(tagged.folder)[-1], "champion": "<script>", "scenario": "<img>"}
    assert not {tag for tag, _ in Page(as_html([row])).tags} & {"script", "img"}
    assert "<script>" in as_text([row])
