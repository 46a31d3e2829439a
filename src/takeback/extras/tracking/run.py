"""What is logged about a finished run, from the files that the pipeline wrote, and logging it."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import missing_output, read_json
from takeback.common.yaml_text import load_yaml
from takeback.config.params import PARAMS, load_params
from takeback.extras.tracking import server
from takeback.extras.tracking.record import Kind, record
from takeback.repository.dvc import UNREADABLE, DVCFileSystem, experiment
from takeback.repository.git import commit_of, git_succeeds
from takeback.repository.lock_file import LOCK
from takeback.repository.results import check_results


def log_run(name: str, kind: Kind, commit: str, folder: Path = Path()) -> None:
    """Log the finished run that lies in a folder.

    Parameters
    ----------
    name
        The release's tag or the experiment's name.
    kind
        What the name names.
    commit
        The commit of the release, or the one that the experiment started from.
    folder
        Where params.yaml, metrics/ and models/ are; the workspace if nothing else is said.

    Raises
    ------
    UserError
        If a file of the run is missing, or the server did not take it. The run itself is never touched.
    """
    params, bundle = folder / "params.yaml", folder / layout.RELEASE
    if not params.is_file():
        raise missing_output(params)
    manifest = read_json(folder / layout.MANIFEST)
    test = folder / layout.test_in(lambda path: (folder / path).exists(), manifest["champion"])
    metrics = {
        **read_json(test / "performance.json"),
        "fairness": read_json(test / "fairness.json"),
        "data": read_json(folder / layout.DATA_METRICS),
        "gate": read_json(folder / layout.GATE),
    }
    values = load_yaml(params.read_bytes())
    server.log(record(name, kind, commit, values, manifest, metrics), params, bundle)


RELEASE = re.compile(r"v\d+\.\d+\.\d+")
FILES = (
    Path(LOCK),
    PARAMS,
    layout.RELEASE,
    layout.DATA_METRICS,
    layout.GATE,
)


def track(name: str) -> Kind:
    """Log a release or an experiment to the MLflow server, and return which of them it is."""
    if load_params().tracking == "none":
        raise UserError("tracking is none. Set `tracking: mlflow` in conf/config.yaml, then `takeback compose`.")
    kind, revision, commit = find(name)
    with TemporaryDirectory() as folder:
        _bring(revision, Path(folder))
        check_results(layout.METRICS, layout.RELEASE, folder=Path(folder), conf=False)
        log_run(name, kind, commit, Path(folder))
    return kind


def find(name: str) -> tuple[Kind, str, str]:
    """Return what a name names, its revision, and the commit to log it under."""
    if RELEASE.fullmatch(name) and (commit := _commit(f"refs/tags/{name}")):
        return "release", commit, commit
    found = experiment(name)
    if found is None:
        raise UserError(f"{name}: is no release and no experiment here; see `git tag` and `dvc exp list --all`.")
    reference, baseline = found
    return "experiment", _commit(reference), baseline


def _commit(ref: str) -> str:
    return commit_of(ref) if git_succeeds("rev-parse", "--quiet", "--verify", "--end-of-options", ref) else ""


def _bring(revision: str, folder: Path) -> None:
    try:
        files = DVCFileSystem(rev=revision)
        earlier = files.glob("metrics/*/test")  # where each candidate had them before
        for name in (*FILES, *map(Path, earlier or [layout.TEST])):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            files.get(name.as_posix(), str(folder / name), recursive=True)
    except UNREADABLE as error:
        raise UserError(f"{revision[:7]}: cannot be read ({error}). `dvc fetch` brings what it needs.") from None
