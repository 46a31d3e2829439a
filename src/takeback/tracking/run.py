"""From the files of a finished run to the server."""

from pathlib import Path

from takeback.common.files import missing_output, read_json
from takeback.common.yaml_text import load_yaml
from takeback.stages import layout
from takeback.tracking import server
from takeback.tracking.record import Kind, record


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
    test = folder / layout.test(manifest["champion"])
    metrics = {
        **read_json(test / "performance.json"),
        "fairness": read_json(test / "fairness.json"),
        "data": read_json(folder / layout.DATA_METRICS),
        "gate": read_json(folder / layout.GATE),
    }
    values = load_yaml(params.read_bytes())
    server.log(record(name, kind, commit, values, manifest, metrics), params, bundle)
