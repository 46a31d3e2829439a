"""The whole pipeline on a slice of the real data, with real git and dvc."""

import hashlib
import json
import shutil

import pytest

from tests.clones import Repository, built_once, copy_repository, keep_rows, set_values

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

TRAINING = ("split", "select", "train@")


def build(folder):
    repository = copy_repository(folder)
    keep_rows(repository, 3000)
    repository.run("dvc", "repro")
    repository.commit("small data")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    built = built_once(tmp_path_factory, "small pipeline", build)
    return Repository(shutil.copytree(built, tmp_path_factory.mktemp("a path") / "with spaces", symlinks=True))


@pytest.fixture(autouse=True)
def as_committed(small):
    yield
    small.run("git", "checkout", "-q", "--", ".")
    small.run("git", "clean", "-fdq")
    small.run("dvc", "checkout", "--force")


def hashes(repository):
    files = [p for top in ("data", "models", "metrics") for p in repository.path(top).rglob("*") if p.is_file()]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def stages_run(printed):
    return [line.split("'")[1] for line in printed.splitlines() if line.startswith("Running stage")]


def edit(repository, name, old, new):
    path = repository.path(name)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_every_candidate_has_metrics_and_the_release_scores(small):
    for name in ("rule", "logistic", "forest", "xgboost"):
        performance = json.loads(small.path(f"metrics/test/{name}/performance.json").read_text())
        assert 0.6 < performance["ranking"]["auc"] < 0.9
    printed = small.run("takeback", "score", "data/source/taiwan_default.csv", "decisions.csv")
    assert printed.startswith("3000 applications: ")
    assert len(small.path("decisions.csv").read_text().splitlines()) == 3001


def test_nothing_to_do_runs_nothing(small):
    assert stages_run(small.run("dvc", "repro")) == []


def test_a_policy_change_trains_nothing_and_shows_in_the_diffs(small):
    printed = small.run("takeback", "compose", "policy.max_referral_rate=0.05")
    edit(small, "conf/policy/default.yaml", "max_referral_rate: 0.2", "max_referral_rate: 0.05")
    printed = small.run("dvc", "repro")
    assert [stage for stage in stages_run(printed) if stage.startswith(("ingest", *TRAINING))] == []
    assert "policy.max_referral_rate" in small.run("dvc", "params", "diff")
    assert "refer " in small.run("dvc", "metrics", "diff")
    pictures = json.loads(small.run("dvc", "plots", "diff", "--json", "HEAD"))
    assert not pictures.get("errors")
    assert len(pictures["data"]) == 4
    points = pictures["data"]["ROC"][0]["content"]["data"]["values"]
    assert {point["model"] for point in points} == {"rule", "logistic", "forest", "xgboost"}
    assert {point["rev"] for point in points} == {"workspace", "HEAD"}


def test_a_gate_change_runs_the_gate_and_what_reads_it_alone(small):
    edit(small, "conf/gate/default.yaml", "min_auc: {limit: 0.75", "min_auc: {limit: 0.5")
    small.run("takeback", "compose")
    assert stages_run(small.run("dvc", "repro")) == ["configure", "gate", "report", "track"]


def test_an_edit_of_conf_without_compose_stops_and_touches_nothing(small):
    before = hashes(small)
    edit(small, "conf/policy/default.yaml", "return_rate: 0.15", "return_rate: 0.2")
    printed = small.run("dvc", "repro", fails=True)
    assert "params.yaml: is not what conf/ composes" in printed
    assert "+  return_rate: 0.2" in printed
    assert small.run("takeback", "compose", "--check", fails=True).startswith("error: ")
    assert hashes(small) == before


def test_a_broken_source_file_stops_and_touches_nothing(small):
    before = hashes(small)
    source = small.path("data/source/taiwan_default.csv")
    source.write_text(source.read_text()[:-20])
    assert "taiwan_default.csv, line 3001: found " in small.run("dvc", "repro", fails=True)
    del before[str(source)]
    assert {path: digest for path, digest in hashes(small).items() if path != str(source)} == before


@pytest.mark.long
def test_an_experiment_takes_group_and_value_overrides(small):
    overrides = ["-S", "model/xgboost=shallow", "-S", "gate.min_auc.limit=0.6"]
    printed = small.run("dvc", "exp", "run", "--name", "shallow", *overrides)
    assert [stage for stage in stages_run(printed) if stage.startswith("train")] == ["train@xgboost"]
    params = small.path("params.yaml").read_text()
    assert "max_depth: 3" in params
    assert "limit: 0.6\n" in params
    assert "params.yaml: is not what conf/ composes" in small.run("takeback", "compose", "--check", fails=True)
    lines = wide(small).run("dvc", "exp", "show", "--only-changed", "--no-pager", "--drop", ".*/").splitlines()
    assert max(map(len, lines)) <= 160
    assert any("shallow" in line for line in lines)
    assert {"Experiment", "auc", "bad_rate", "profit"} <= set(lines[1].split()), "what is cut are parameters, if any"


def wide(repository):
    """Return the repository in a terminal of 160 columns."""
    return Repository(repository.folder, COLUMNS="160")


def test_a_candidate_is_removed_by_name_and_with_all_that_it_left(small):
    set_values(small, "conf/config.yaml", candidates=["rule", "logistic", "xgboost"])
    small.run("takeback", "compose")
    before = hashes(small)
    command = small.run("dvc", "repro", fails=True).split("  rm -r ")[1].splitlines()[0].split()
    assert hashes(small) == before
    assert len(command) == 7
    small.run("rm", "-r", *command)
    trained = [stage for stage in stages_run(small.run("dvc", "repro")) if stage.startswith(TRAINING)]
    assert trained == []
    assert small.run("takeback", "summary")
    assert stages_run(small.run("dvc", "repro")) == []
    assert "'forest'" not in small.run("dvc", "stage", "list", "--name-only")


@pytest.mark.long
def test_a_queued_sweep_runs_each_value(small):
    small.run("dvc", "exp", "run", "--queue", "-S", "gate.min_auc.limit=0.6,0.7")
    small.run("dvc", "exp", "run", "--run-all", "--jobs", "2")
    shown = json.loads(small.run("dvc", "exp", "show", "--json"))
    experiments = [e["revs"][0]["data"] for e in shown[1]["experiments"]]
    limits = [e["params"]["params.yaml"]["data"]["gate"]["min_auc"]["limit"] for e in experiments]
    assert {0.6, 0.7} <= set(limits)
