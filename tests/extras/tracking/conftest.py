import shutil

import pytest

from tests.clones import BIN, ROOT
from tests.release import build_release
from tests.servers import free_port, serving


@pytest.fixture(scope="package")
def address(tmp_path_factory):
    """A real MLflow server with SQLite; returns where it is."""
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    options = {"--backend-store-uri": "sqlite:///runs.db", "--artifacts-destination": "artifacts", "--workers": "1"}
    where = {"--host": "127.0.0.1", "--port": str(port)}
    command = [str(BIN / "mlflow"), "server", *(word for pair in (options | where).items() for word in pair)]
    with serving(command, port, folder, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def client(address, monkeypatch):
    from mlflow.tracking import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    return MlflowClient(address)


@pytest.fixture(scope="package")
def built(taiwan_config, taiwan_rows, params, tmp_path_factory):
    """What a run leaves behind: settings, the metrics that are in Git, a small real bundle."""
    folder = tmp_path_factory.mktemp("run")
    build_release(taiwan_config, taiwan_rows, "logistic", folder / "built")
    shutil.copytree(folder / "built" / "release", folder / "models" / "release")
    shutil.rmtree(folder / "built")
    for name in ("data.json", "gate.json", *(f"test/{model}" for model in ("rule", "logistic", "forest", "xgboost"))):
        source, target = ROOT / "metrics" / name, folder / "metrics" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    (folder / "params.yaml").write_text(params["taiwan"], encoding="utf-8")
    return folder


@pytest.fixture
def run_folder(built, tmp_path):
    """A copy of the run, to change."""
    return shutil.copytree(built, tmp_path / "run")
