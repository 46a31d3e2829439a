"""A run on a real MLflow server with SQLite: whole, once, and never at the cost of the release."""

import json
import sys
import time

import pytest

from takeback.common.errors import UserError
from takeback.extras.tracking.run import log_run
from tests.servers import free_port

MODEL = "takeback-taiwan"


def runs(client, kind, name):
    experiment = client.get_experiment_by_name(MODEL)
    if experiment is None:  # nothing was logged yet
        return []
    return client.search_runs([experiment.experiment_id], f"tags.kind = '{kind}' and attributes.run_name = '{name}'")


def versions(client, run):
    return client.search_model_versions(f"run_id = '{run.info.run_id}'")


def test_a_release_is_there_with_all_it_has(client, run_folder, tmp_path):
    log_run("v1.0.0", "release", "c0ffee", run_folder)
    (run,) = runs(client, "release", "v1.0.0")
    performance = json.loads((run_folder / "metrics/test/logistic/performance.json").read_text())
    assert run.info.status == "FINISHED"
    assert run.data.metrics["ranking.auc"] == performance["ranking"]["auc"]
    assert run.data.metrics["fairness.age.groups.under_25.approval_ratio"] < 1
    assert run.data.params["policy.return_rate"] == "0.15"
    assert run.data.tags["champion"] == "logistic"
    assert run.data.tags["gate"] == json.loads((run_folder / "metrics/gate.json").read_text())["verdict"]
    assert run.data.tags["mlflow.source.git.commit"] == "c0ffee"
    assert sorted(run.data.metrics.values()) == sorted(in_git(run_folder))  # and no number that is not in Git
    (version,) = versions(client, run)
    assert (version.name, version.tags["release"]) == (MODEL, "v1.0.0")
    bundle = tmp_path / "down"
    bundle.mkdir()
    client.download_artifacts(run.info.run_id, "release", str(bundle))
    assert contents(bundle / "release") == contents(run_folder / "models" / "release")


def in_git(folder):
    """All numbers of the files that a run is made of; tests/privacy judges those."""
    files = ("test/logistic/performance", "test/logistic/fairness", "data", "gate")
    return [float(n) for name in files for n in numbers(json.loads((folder / f"metrics/{name}.json").read_text()))]


def numbers(content):
    if isinstance(content, dict):
        return [number for value in content.values() for number in numbers(value)]
    return [content] if isinstance(content, (int, float)) and not isinstance(content, bool) else []


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_again_changes_nothing_and_another_content_replaces(client, run_folder):
    log_run("v1.1.0", "release", "c0ffee", run_folder)
    (first,) = runs(client, "release", "v1.1.0")
    log_run("v1.1.0", "release", "c0ffee", run_folder)
    (again,) = runs(client, "release", "v1.1.0")
    assert again.info.run_id == first.info.run_id
    params = run_folder / "params.yaml"
    params.write_text(params.read_text().replace("return_rate: 0.15", "return_rate: 0.2"))
    log_run("v1.1.0", "release", "c0ffee", run_folder)
    (other,) = runs(client, "release", "v1.1.0")
    assert other.data.params["policy.return_rate"] == "0.2"
    assert len(versions(client, other)) == 1
    assert versions(client, first) == []


def test_a_run_that_was_cut_off_is_replaced(client, run_folder):
    log_run("v1.2.0", "release", "c0ffee", run_folder)
    (first,) = runs(client, "release", "v1.2.0")
    client.update_run(first.info.run_id, status="RUNNING")
    log_run("v1.2.0", "release", "c0ffee", run_folder)
    (second,) = runs(client, "release", "v1.2.0")
    assert (second.info.status, second.info.run_id != first.info.run_id) == ("FINISHED", True)


def test_experiments_of_one_name_from_two_commits_are_two(client, run_folder):
    for commit in ("aaa", "bbb"):
        log_run("try", "experiment", commit, run_folder)
    found = {run.data.tags["mlflow.source.git.commit"] for run in runs(client, "experiment", "try")}
    assert found == {"aaa", "bbb"}


def test_no_server_is_one_message_without_the_password(run_folder, monkeypatch, capfd):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://mary:secret@127.0.0.1:{free_port()}/")
    start = time.monotonic()
    with pytest.raises(UserError, match=r"MLflow at http://127\.0\.0\.1:\d+/ did not take the run: ") as error:
        log_run("v2.0.0", "release", "c0ffee", run_folder)
    assert time.monotonic() - start < 20
    printed = str(error.value) + "".join(capfd.readouterr())
    assert "secret" not in printed
    assert "\n" not in printed


def test_no_address_and_no_mlflow_say_what_to_do(run_folder, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(UserError, match="MLFLOW_TRACKING_URI is not set"):
        log_run("v2.0.0", "release", "c0ffee", run_folder)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    with pytest.raises(UserError, match=r"pip install -e '\.\[mlflow\]'"):
        log_run("v2.0.0", "release", "c0ffee", run_folder)
