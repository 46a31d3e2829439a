"""What DVC's own commands print of this repository is short enough to be read."""

import json

import pytest
import yaml

from tests.clones import ROOT, copy_repository

SUMMARY = "metrics/summary.json"
PIPELINE = (ROOT / "dvc.yaml").read_text()


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy whose workspace differs from the tag in every number that DVC shows."""
    made = copy_repository(tmp_path_factory.mktemp("shown") / "repository")
    made.run("git", "tag", "v0.1.0")
    before = json.loads(made.path(SUMMARY).read_text())
    after = {key: value if isinstance(value, str) else value + 0.01 for key, value in before.items()}
    made.path(SUMMARY).write_text(json.dumps({**after, "champion": "spline_logistic"}))
    return made


def printed(repository, *command):
    lines = repository.run("dvc", *command).splitlines()
    assert lines
    return lines, max(map(len, lines))


def test_metrics_show_fits_a_terminal(repository):
    lines, width = printed(repository, "metrics", "show")
    assert "spline_logistic" in lines[1]
    assert len(lines) <= 15
    assert width <= 120


def test_a_difference_of_every_number_fits_a_terminal(repository):
    lines, width = printed(repository, "metrics", "diff", "v0.1.0")
    assert len(lines) == len(json.loads(repository.path(SUMMARY).read_text())) + 1 <= 20
    assert width <= 120


def test_the_summary_is_the_only_file_of_metrics(repository):
    shown = json.loads(repository.run("dvc", "metrics", "show", "--json"))
    assert [*shown[""]["data"]] == [SUMMARY]


def test_the_graph_fits_a_page(repository):
    lines, _ = printed(repository, "dag", "--md", "--collapse-foreach-matrix")
    assert len(lines) <= 60
    assert any('"evaluate"' in line for line in lines)


def test_the_pipeline_fits_and_names_no_candidate_but_the_fallback():
    assert len(PIPELINE.splitlines()) < 200
    assert max(map(len, PIPELINE.splitlines())) <= 130
    candidates = yaml.safe_load((ROOT / "params.yaml").read_text())["candidates"]
    assert [name for name in candidates if name in PIPELINE] == ["rule"]
    matrices = [stage["matrix"] for stage in yaml.safe_load(PIPELINE)["stages"].values() if "matrix" in stage]
    assert matrices == [{"model": "${candidates}"}] * 3


def test_the_graph_has_a_stage_for_each_candidate_and_ends_in_one(repository):
    edges = {line.strip() for line in repository.run("dvc", "dag", "--dot").splitlines()}
    for name in ("rule", "logistic", "forest", "xgboost"):
        assert f'"evaluate@{name}" -> "choose";' in edges
        assert f'"train@{name}" -> "package";' in edges
