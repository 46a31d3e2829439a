"""No file that the pipeline writes into Git tells of fewer people than privacy.min_cell."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.privacy.pages import in_html, in_markdown, small_counts
from tests.privacy.tracked import small_cells

ROOT = Path(__file__).parents[2]


def test_nobody_is_recognised_in_what_lies_in_git_here():
    assert small_cells(ROOT) == []


def test_nor_in_a_small_bank(ada):
    assert small_cells(ada.folder) == []
    page = in_html(ada.path("metrics/report.html").read_text(encoding="utf-8"))
    assert "Count" in {name for table in page for name in table[0]}
    assert small_counts(page) == []


def test_nor_in_a_comparison_of_its_releases(ada):
    """A pull request's comment is the checks and this comparison."""
    text = ada.takeback("diff v1.0.0 v1.1.0 --md")
    assert "flipped" in {name for table in in_markdown(text) for name in table[0]}
    assert small_counts(in_markdown(text)) == []
    assert small_counts(in_html(ada.takeback("diff v1.0.0 v1.1.0 --html"))) == []
    assert "PD moved most" not in text
    assert "PD moved most" in ada.takeback("diff v1.0.0 v1.1.0 --examples 2")


def test_single_applicants_never_go_into_markdown(ada):
    said = ada.takeback("diff v1.0.0 v1.1.0 --md --examples 2", fails=True)
    assert "--examples: single applicants do not go into Markdown" in said


def test_a_small_count_on_a_page_is_found():
    assert small_counts(in_markdown("| sex | flipped |\n|---|--:|\n| male | 3 |\n")) == ["male: flipped 3"]
    table = "<table><tr><th>Group</th><th>Count</th></tr><tr><th>male</th><td>9</td></tr></table>"
    assert small_counts(in_html(table)) == ["male: count 9"]


SPOILED = [
    ("metrics/test/logistic/fairness.json", ("sex", "groups", "male", "count"), 9),
    ("metrics/test/logistic/fairness.json", ("sex", "groups", "male", "bad_rate"), 0.0),
    ("metrics/test/logistic/intersections.json", ("age x sex", "groups", "25_to_35 x male", "count"), None),
    ("metrics/test/logistic/reasons.json", ("declined", "count"), 3),
    (
        "metrics/test/logistic/near_threshold.json",
        ("thresholds", "approve_below", "groups", "sex", "male", "share"),
        1e-2,
    ),
    ("metrics/summary.json", ("approve",), 0.01),
    ("metrics/summary.json", ("air",), 0.01),
    ("metrics/data.json", ("groups", "sex", "male", "bad_rate"), 1.0),
    ("metrics/data.json", ("missing_share", "AGE"), 0.001),
    ("metrics/split.json", ("parts", "test", "bad_rate"), 0.001),
    ("metrics/test/logistic/performance.json", ("decision", "approve_rate"), 0.01),
]


@pytest.mark.parametrize(("name", "keys", "value"), SPOILED)
def test_the_walk_finds_a_small_cell(bank_template, tmp_path, name, keys, value):
    for path in ("metrics", "MODEL_CARD.md"):
        source = bank_template / "Ada" / path
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / path)
    content = place = json.loads((tmp_path / name).read_text())
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "metrics" / "new.json").write_text("{}")
    subprocess.run("git init -q && git add -A", shell=True, cwd=tmp_path, check=True)
    found = small_cells(tmp_path)
    assert [line for line in found if line.startswith(name)]
    assert [line for line in found if line.startswith("metrics/new.json: no test knows")]
