"""An experiment is logged as it ends; with the server down it is not lost, and can be logged later."""

import shutil

import pytest

from tests.clones import ROOT, Repository
from tests.extras.tracking.test_server import runs
from tests.servers import free_port

# The last stage of the real pipeline, on the files of a run that is finished; one stage stands for all earlier ones.
PIPELINE = """\
stages:
  earlier:
    cmd: python --version
    deps: [data/source/taiwan_default.csv]
    outs:
      - models/release: {persist: true}
      - metrics/data.json: {persist: true, cache: false}
      - metrics/gate.json: {persist: true, cache: false}
      - metrics/test: {persist: true, cache: false}
  track:
    cmd: python src/stage.py track
    deps: [params.yaml, models/release]
"""
RATE = "params.yaml:policy.return_rate"


@pytest.fixture(scope="module")
def repository(built, address, tmp_path_factory):
    """A repository with one release, and tracking on."""
    made = Repository(tmp_path_factory.mktemp("tracked"), MLFLOW_TRACKING_URI=address)
    shutil.copytree(built, made.folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "src", made.path("src"), ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    made.path("data/source").mkdir(parents=True)
    shutil.copy(ROOT / "data/source/taiwan_default.csv", made.path("data/source"))
    made.run("git", "init", "-q", "-b", "main")
    made.run("dvc", "init", "-q")
    made.path("dvc.yaml").write_text(PIPELINE)
    params = made.path("params.yaml")
    params.write_text(params.read_text().replace("tracking: none", "tracking: mlflow"))
    made.run("dvc", "repro", "-q")
    made.commit("a run")
    made.run("git", "tag", "-a", "v0.1.0", "-m", "first")
    return made


def test_an_experiment_is_logged(repository, client):
    repository.run("dvc", "exp", "run", "--name", "higher", "-S", f"{RATE}=0.3")
    (run,) = runs(client, "experiment", "higher")
    assert run.data.params["policy.return_rate"] == "0.3"
    assert run.data.tags["mlflow.source.git.commit"] == repository.run("git", "rev-parse", "HEAD").strip()
    repository.run("git", "checkout", "-q", ".")


def test_with_the_server_down_the_experiment_is_kept_and_logged_later(repository, client, address, monkeypatch):
    monkeypatch.setitem(repository.environment, "MLFLOW_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
    printed = repository.run("dvc", "exp", "run", "--name", "lower", "-S", f"{RATE}=0.1")
    assert "warning: MLflow at http://127.0.0.1:" in printed
    assert "Log it later: takeback track lower" in printed
    assert runs(client, "experiment", "lower") == []
    assert "warning" not in repository.run("dvc", "repro", "--force"), "a plain run is no experiment, nothing is logged"
    monkeypatch.setitem(repository.environment, "MLFLOW_TRACKING_URI", address)
    repository.run("git", "checkout", "-q", ".")
    assert repository.run("takeback", "track", "lower") == "The experiment lower is on the MLflow server.\n"
    (run,) = runs(client, "experiment", "lower")
    assert run.data.params["policy.return_rate"] == "0.1"


def test_a_release_is_logged_from_its_tag_whatever_the_workspace_holds(repository, client):
    shutil.rmtree(repository.path("models/release"))
    repository.run("takeback", "track", "v0.1.0")
    (run,) = runs(client, "release", "v0.1.0")
    assert run.data.params["policy.return_rate"] == "0.15"
    repository.run("dvc", "checkout", "-q")


def test_what_is_no_release_and_no_experiment_is_refused(repository):
    printed = repository.run("takeback", "track", "main", fails=True)
    assert printed == "error: main: is no release and no experiment here; see `git tag` and `dvc exp list --all`.\n"


def test_tracking_is_off_by_default(repository):
    params = repository.path("params.yaml")
    params.write_text(params.read_text().replace("tracking: mlflow", "tracking: none"))
    assert "error: tracking is none" in repository.run("takeback", "track", "v0.1.0", fails=True)
    repository.run("git", "checkout", "-q", ".")
