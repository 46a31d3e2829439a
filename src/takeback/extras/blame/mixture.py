"""A mixture of two revisions: put into a temporary clone, run as a pipeline, and read."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from omegaconf import OmegaConf

from takeback.assessment.metric_names import flat_metrics
from takeback.assessment.scored import as_scored
from takeback.common import layout
from takeback.common.files import read_json, read_parquet
from takeback.common.yaml_text import load_yaml
from takeback.config.params import PARAMS
from takeback.extras.blame.changes import SHARED_FILES, Pair, Side
from takeback.extras.blame.players import PLAYERS, mixed_settings
from takeback.repository.clones import repro
from takeback.repository.git import git
from takeback.repository.lock_file import LOCK, locked_hash

EXPERIMENT = "blame"
LAST_STAGE = "choose"  # runs every evaluation, and neither package nor gate nor report
SETTINGS_PLAYERS = tuple(player for player in PLAYERS if player != "code")
# Run by the clone's own code: the path of each settings file that it refuses, and why.
_CHECK = """
import json, sys
from pathlib import Path
try:
    from takeback.config.params import load_params
except ImportError:  # a revision whose settings lay in one module
    from takeback.config import load as load_params
from takeback.common.errors import UserError
refused = {}
for path in sys.argv[1:]:
    try:
        load_params(Path(path))
    except UserError as error:
        refused[path] = str(error).replace(path, "params.yaml")
print(json.dumps(refused))
"""


@dataclass(frozen=True)
class MixtureOutcome:
    """What a mixture of two revisions gave on the test part."""

    champion: str
    fitted: str
    metrics: Mapping[str, float | None]
    references: dict[str, str]
    scores: pd.DataFrame | None


def settings_of(pair: Pair, mixture: frozenset[str], seed_shift: int = 0) -> str:
    """Return the params.yaml of a mixture, with other seeds if they are to be shifted."""
    sides = {player: pair.side(player, mixture).settings for player in SETTINGS_PLAYERS}
    settings = mixed_settings(pair.after.settings, sides)
    # Releases before `training` had a seed in each model.
    for group in [settings.get("training"), *settings["model"].values()] if seed_shift else ():
        if isinstance(group, dict) and "seed" in group:
            group["seed"] += seed_shift
    return OmegaConf.to_yaml(OmegaConf.create(settings))


def write_mixture(clone: Path, pair: Pair, mixture: frozenset[str], seed_shift: int = 0) -> None:
    """Put settings, source file and, if it plays, code of a mixture into a clone."""
    _check_out_code(clone, pair.side("code", mixture), all_of_it="code" in pair.players)
    (clone / PARAMS).write_text(settings_of(pair, mixture, seed_shift), encoding="utf-8")
    _remove_other_candidates(clone)
    data = pair.side("data", mixture)
    target, content = clone / data.source, data.snapshot.bytes(data.source)
    if not target.exists() or target.read_bytes() != content:
        target.unlink(missing_ok=True)  # it may be a link into DVC's cache
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _remove_other_candidates(clone: Path) -> None:
    """Remove what the commit of a clone has of candidates that a mixture has not: its stages would refuse to run."""
    candidates = load_yaml((clone / PARAMS).read_bytes()).get("candidates")
    for path in layout.of_no_candidate(candidates, clone) if candidates else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _check_out_code(clone: Path, side: Side, all_of_it: bool) -> None:
    """Replace the pipeline file and, if they play, code and lock of the environment by a revision's."""
    if all_of_it:
        shutil.rmtree(clone / "src", ignore_errors=True)  # also what the other revision alone has, and byte code
    git("checkout", "--quiet", side.commit, "--", *(("src", *SHARED_FILES) if all_of_it else (PIPELINE,)), folder=clone)
    keep_all_runs(clone)


def run_mixture(clone: Path, on_stage: Callable[[str], Any], candidate: str | None = None) -> MixtureOutcome:
    """Run what a clone holds, and read what came out for the champion, or for a candidate that is given."""
    repro(clone, f"evaluate@{candidate}" if candidate else LAST_STAGE, experiment=EXPERIMENT, on_stage=on_stage)
    champion = candidate or read_json(clone / layout.CHAMPION)["champion"]
    folder, scores = (
        clone / layout.test_in(lambda path: (clone / path).exists(), champion),
        clone / layout.scores(champion),
    )
    performance, fairness = (read_json(folder / f"{name}.json") for name in ("performance", "fairness"))
    return MixtureOutcome(
        champion,
        f"{champion} {_hash_of_candidate(clone, champion)}",
        flat_metrics(performance, fairness),
        {attribute: audit["reference"] for attribute, audit in fairness.items()},
        as_scored(read_parquet(scores)) if scores.exists() else None,  # earlier releases have none
    )


def refused(clone: Path, texts: Mapping[frozenset[str], str]) -> dict[frozenset[str], str]:
    """Return which settings a clone's code refuses, and why; nothing if the code cannot be asked."""
    folder = clone / ".takeback" / "settings"
    folder.mkdir(parents=True)
    paths = {str(folder / f"{i}.yaml"): mixture for i, mixture in enumerate(texts)}
    for path, mixture in paths.items():
        Path(path).write_text(texts[mixture], encoding="utf-8")
    answer = _ask(clone, paths)
    shutil.rmtree(folder)
    return {paths[path]: reason for path, reason in answer.items()}


def _ask(clone: Path, paths: Iterable[str]) -> dict[str, str]:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, 'src')\n{_CHECK}", *paths]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def _hash_of_candidate(clone: Path, name: str) -> str:
    return str(locked_hash(clone / LOCK, layout.candidate(name)))


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
