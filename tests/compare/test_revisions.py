"""`takeback diff` over real releases: real git, real dvc, a path with a space and letters outside ASCII."""

import json
import re
from collections import Counter

import pytest
import yaml

from takeback.assessment.metrics import METRICS
from takeback.common.errors import UserError
from takeback.compare.decision_changes import NO_REASON
from takeback.compare.diff_formats import as_json, as_markdown, as_text
from takeback.compare.diff_page import as_html
from takeback.compare.diff_sections import sections
from takeback.compare.revisions import compare
from takeback.data.tables import read_table
from takeback.data.validation import read_columns
from takeback.decisions.bundle import load_release
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import score
from takeback.repository.snapshot import Snapshot
from tests.clones import copy_repository, keep_rows

DIFF = ("python", "-c", "from takeback.cli import main; main()", "diff")
SMALL = {
    "model/forest/default.yaml": {"trees": 5},
    "model/xgboost/default.yaml": {"max_rounds": 20, "folds": 2},
}


def edit(repository, name, **changes):
    path = repository.path(f"conf/{name}")
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}, sort_keys=False))


def release(repository, tag):
    repository.run("python", "-c", "from takeback.cli import main; main()", "compose")
    repository.run("dvc", "repro", "-q", "package", "gate")  # the report takes as long as all this
    repository.commit(tag)
    repository.run("git", "tag", "-am", tag, tag)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of this repository as v0, whose objects nobody has, and two releases on 1,200 rows."""
    repository = copy_repository(tmp_path_factory.mktemp("Kredit für alle") / "repository")
    repository.run("git", "tag", "v0")
    keep_rows(repository, 1200)
    for name, changes in SMALL.items():
        edit(repository, name, **changes)
    edit(repository, "champion/default.yaml", prefer=["xgboost"], tolerance=1)
    release(repository, "v1")
    edit(repository, "champion/default.yaml", prefer=["logistic", "rule"], tolerance=1)
    release(repository, "v2")
    return repository


@pytest.fixture(scope="module")
def result(repository):
    return compare("v1", "v2", 2, repository.folder)


def state(repository):
    files = [p for p in repository.folder.rglob("*") if p.is_file() and ".git" not in p.parts and "tmp" not in p.parts]
    return {p: p.stat().st_mtime_ns for p in files}, repository.run("git", "status", "--porcelain")


def test_a_dirty_worktree_stays_as_it_is_and_is_not_read(repository, result, tmp_path):
    kept = {name: repository.path(name).read_bytes() for name in ("params.yaml", "metrics/champion.json")}
    try:
        for name in kept:
            repository.path(name).write_text("spoilt: [")
            repository.path(name).chmod(0o444)
        before = state(repository)
        target = tmp_path / "out folder" / "diff é.json"
        repository.run(*DIFF, "v1", "v2", "--json", "--examples", "2", "--output", str(target))
        assert state(repository) == before
    finally:
        for name, content in kept.items():
            repository.path(name).chmod(0o644)
            repository.path(name).write_bytes(content)
    assert target.read_text(encoding="utf-8") == as_json(result)


def test_the_settings_are_those_that_dvc_params_diff_finds(repository, result):
    found = json.loads(repository.run("dvc", "params", "diff", "v1", "v2", "--json"))["params.yaml"]
    rows = {row["name"]: row for group in result["parameters"].values() for row in group}
    assert set(rows) == set(found) == {"champion.prefer"}
    assert rows["champion.prefer"]["after"] == ["logistic", "rule"]


def test_flips_are_those_of_the_scores_and_reasons_those_of_the_stricter_release(repository, result, tmp_path):
    tables = [Snapshot(tag, repository.folder).table(f"data/scores/{name}.parquet") for tag, name in PAIR]
    was, now = ({row["id"]: row for row in table.to_pylist()} for table in tables)
    flipped = [i for i in was if was[i]["decision"] != now[i]["decision"]]
    found = result["decisions"]
    assert found["applicants"] == len(was) == len(now)
    assert found["flipped"] == len(flipped) > 10
    assert found["groups"]["sex"]["male"]["flipped"] in (None, sum(now[i]["group_sex"] == "male" for i in flipped))
    reasons = {tag: all_reasons(repository, tag, tmp_path / tag) for tag, _ in PAIR}
    order = ["approve", "refer", "decline"]

    def main_reason(i):
        return reasons["v2" if order.index(now[i]["decision"]) > order.index(was[i]["decision"]) else "v1"][i]

    counted = Counter((was[i]["decision"] + " -> " + now[i]["decision"], main_reason(i)) for i in flipped)
    told = {(way, words): n for way, counts in found["reasons"].items() for words, n in counts.items()}
    assert set(told) == set(counted)
    shown = {key: n for key, n in told.items() if n is not None}
    assert shown == {key: counted[key] for key in shown}
    assert all(n >= 10 for n in shown.values())
    for example in found["examples"]:
        assert (example["before"], example["after"]) == (was[example["id"]]["decision"], now[example["id"]]["decision"])
        assert example["reason"] == main_reason(example["id"])


PAIR = (("v1", "xgboost"), ("v2", "logistic"))


def all_reasons(repository, tag, folder):
    """The first reason of each applicant, by scoring the source file with the release."""
    source = read_table(repository.path("data/source/taiwan_default.csv"))
    scorer = load_release(Snapshot(tag, repository.folder).get("models/release", folder)).champion
    columns, _ = read_columns(scorer.contract, source, scorer.contract.columns)
    found = explain(scorer, columns, score(scorer, columns))
    return {i: reasons[0] if reasons else NO_REASON for i, reasons in zip(source["ID"].to_pylist(), found, strict=True)}


def test_metrics_are_those_of_both_champions_with_an_interval_around_the_change(repository, result):
    for side, (tag, name) in zip(("before", "after"), PAIR, strict=True):
        expected = Snapshot(tag, repository.folder).json(f"metrics/test/{name}/performance.json")
        assert result["metrics"]["ranking.auc"][side] == expected["ranking"]["auc"]
    for name, change in result["metrics"].items():
        known = METRICS[name].many is not None and change["change"] is not None
        assert bool(change["interval"]) == known, name
    for change in filter(lambda change: change["interval"], result["metrics"].values()):
        low, high = change["interval"]
        assert low <= high
        assert low - 0.02 <= change["change"] <= high + 0.02
    assert all(change["interval"] in ([0, 0], None) for change in result["rule"].values())


def test_every_format_shows_the_same_numbers(result):
    flipped = f"{result['decisions']['flipped']:,}"
    for text in (as_text(sections(result)), as_markdown(sections(result)), as_html(result)):
        assert flipped in text
        assert result["decisions"]["examples"][0]["id"] in text
        assert f"{result['metrics']['ranking.auc']['after']:.4f}" in text
    assert json.loads(as_json(result))["decisions"]["flipped"] == result["decisions"]["flipped"]


def test_the_workspace_is_the_other_side_without_a_second_revision_and_no_different_from_its_tag(repository, result):
    found = compare("v2", None, 2, repository.folder / "src")
    assert found["after"] == {**result["after"], "name": "workspace", "commit": None}
    assert found["decisions"]["flipped"] == 0
    assert found["policy"] == found["libraries"] == found["size"]["files"] == {}
    assert all(change["interval"] in ([0, 0], None) for change in found["metrics"].values())


def test_a_release_without_scores_per_applicant_is_compared_in_all_the_rest(repository, result):
    lock, pipeline = (repository.path(name) for name in ("dvc.lock", "dvc.yaml"))
    kept = lock.read_text(), pipeline.read_text()
    repository.run("git", "switch", "-qc", "old", "v1")
    content = yaml.safe_load(lock.read_text())
    for stage in content["stages"].values():
        stage["outs"] = [out for out in stage.get("outs", []) if not out["path"].startswith("data/scores")]
    lock.write_text(yaml.safe_dump(content))
    pipeline.write_text(re.sub(r"\n *- data/scores/\S+", "", pipeline.read_text()))
    repository.commit("schema 1")
    repository.run("git", "switch", "-qf", "main")
    assert kept == (lock.read_text(), pipeline.read_text())
    found = compare("old", "v2", 2, repository.folder)
    assert "old: has no data/scores/xgboost.parquet" in found["decisions"]["unavailable"]
    assert found["metrics"]["ranking.auc"]["change"] == result["metrics"]["ranking.auc"]["change"]
    assert found["metrics"]["ranking.auc"]["interval"] is None
    assert found["data"] == result["data"]
    assert found["policy"] == result["policy"]
    assert "Not available: old: has no data/scores" in as_text(sections(found))


def test_a_release_whose_objects_nobody_has_is_compared_by_what_git_has(repository):
    found = compare("v0", "v2", 2, repository.folder)
    for name in ("decisions", "data", "policy"):
        assert "v0: " in found[name]["unavailable"]
        assert "`takeback verify v0`" in found[name]["unavailable"]
    assert found["metrics"]["ranking.auc"]["before"] > 0.7
    assert found["parameters"]["model"]
    as_html(found)


def test_a_revision_that_was_never_released_is_refused(repository):
    tree = repository.run("git", "hash-object", "-wt", "tree", "/dev/null").strip()
    commit = repository.run("git", "commit-tree", tree, "-m", "nothing").strip()
    with pytest.raises(UserError, match=r"is no release, it has no metrics/champion\.json"):
        compare(commit, "v2", 2, repository.folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["v9", "v2"], "v9: there is no such tag, branch or commit here"),
        (["v1", "v2", "--md", "--json"], "--md, --json, --html: found more than one"),
        (["v1", "v2", "--html", "--output", "src"], "src: is a folder"),
    ],
)
def test_mistakes_are_one_message(repository, arguments, said):
    printed = repository.run(*DIFF, *arguments, fails=True)
    assert said in printed
    assert repository.path("src/takeback").is_dir()
