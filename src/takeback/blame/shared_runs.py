"""The pipeline file of a clone, changed so that DVC's run-cache keeps every stage."""

from pathlib import Path
from typing import Any

import yaml

PIPELINE = "dvc.yaml"


def keep_all_runs(clone: Path) -> None:
    """Declare outputs that lie in Git as plots.

    DVC saves no run of a stage with an output that is neither cached nor a metric nor a plot (`Stage.run` in DVC 3.67).
    Training and evaluation have such outputs; their runs would not be shared between mixtures. In the user's own
    dvc.yaml `dvc plots show` would draw them all. No stage depends on dvc.yaml, and dvc.lock does not tell the kinds.
    """
    path = clone / PIPELINE
    pipeline = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    pipeline["stages"] = {name: _outputs_as_plots(stage) for name, stage in pipeline["stages"].items()}
    path.write_text(yaml.safe_dump(pipeline, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _outputs_as_plots(stage: dict[str, Any]) -> dict[str, Any]:
    outs = stage.get("outs", [])
    uncached = [out for out in outs if isinstance(out, dict) and any(o.get("cache") is False for o in out.values())]
    if not uncached:
        return stage
    rest = {"outs": [out for out in outs if out not in uncached], "plots": [*stage.get("plots", []), *uncached]}
    return {key: value for key, value in {**stage, **rest}.items() if value != []}
