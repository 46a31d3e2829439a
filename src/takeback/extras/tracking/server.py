"""The MLflow server: one run for a record, with the bundle as its artifact and as a registered model's version."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from takeback.common.errors import UserError
from takeback.extras.tracking.record import Record

ADDRESS = "MLFLOW_TRACKING_URI"
KEY, DIGEST = "takeback.run", "takeback.digest"
BUNDLE = "release"
# A run is logged at the end of other work: fail soon, print nothing, tell nobody else.
DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def log(record: Record, params: Path, bundle: Path) -> None:
    """Log a record once: the same again changes nothing, another content replaces the run.

    The earlier run goes last, so that one complete run is there at any time.

    Raises
    ------
    UserError
        If MLflow is not installed, has no address, is not there or refuses.
    """
    client, address = _client()
    with _one_message(address):
        experiment = _experiment(client, f"takeback-{record.data}")
        earlier = client.search_runs([experiment], f"tags.`{KEY}` = '{record.key}'")
        same = (run.info.run_id for run in earlier if _is_done(run, record))
        kept = next(same, None) or _new_run(client, experiment, record, params, bundle)
        for run in earlier:
            if run.info.run_id != kept:
                _remove(client, run.info.run_id)


def _client() -> tuple[Any, str]:
    address = os.environ.get(ADDRESS)
    if not address:
        raise UserError(f"tracking is mlflow, but {ADDRESS} is not set. Expected the address of an MLflow server.")
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        from mlflow.tracking import MlflowClient
    except ModuleNotFoundError:
        raise UserError("tracking is mlflow, but MLflow is not installed: pip install -e '.[mlflow]'.") from None
    return MlflowClient(address), address


@contextmanager
def _one_message(address: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    user, at, _ = urlsplit(address).netloc.rpartition("@")  # credentials are for nobody's log
    try:
        yield
    except (MlflowException, OSError) as error:
        where, why = (text.replace(user + at, "") if user else text for text in (address, str(error)))
        raise UserError(f"MLflow at {where} did not take the run: {why.strip().splitlines()[0]}") from None


def _experiment(client: Any, name: str) -> str:
    found = client.get_experiment_by_name(name)
    return found.experiment_id if found else client.create_experiment(name)


def _is_done(run: Any, record: Record) -> bool:
    return run.info.status == "FINISHED" and run.data.tags.get(DIGEST) == record.digest


def _new_run(client: Any, experiment: str, record: Record, params: Path, bundle: Path) -> str:
    from mlflow.entities import Metric, Param

    tags = {**record.tags, KEY: record.key, DIGEST: record.digest}
    run = client.create_run(experiment, tags=tags, run_name=record.name)
    run_id: str = run.info.run_id
    for params_of_request in _pieces([Param(*item) for item in record.params.items()], 100):
        client.log_batch(run_id, params=params_of_request)
    for metrics_of_request in _pieces([Metric(*item, run.info.start_time, 0) for item in record.metrics.items()], 1000):
        client.log_batch(run_id, metrics=metrics_of_request)
    client.log_artifact(run_id, str(params))
    client.log_artifacts(run_id, str(bundle), BUNDLE)
    _register(client, run, record)
    client.set_terminated(run_id)
    return run_id


def _pieces(items: list[Any], most: int) -> list[list[Any]]:
    """Cut a list into as many items as the server takes in one request."""
    return [items[first : first + most] for first in range(0, len(items), most)]


def _register(client: Any, run: Any, record: Record) -> None:
    from mlflow.exceptions import MlflowException

    name, source = f"takeback-{record.data}", f"{run.info.artifact_uri}/{BUNDLE}"
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    tags = {**record.tags, record.tags["kind"]: record.name}
    client.create_model_version(name, source, run.info.run_id, tags=tags, await_creation_for=0)


def _remove(client: Any, run_id: str) -> None:
    for version in client.search_model_versions(f"run_id = '{run_id}'"):
        client.delete_model_version(version.name, version.version)
    client.delete_run(run_id)
