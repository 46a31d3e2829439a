"""Are the results in the workspace those of conf/, params.yaml, the source data and dvc.lock? Asked before a reading.

`dvc status` answers more, such as whether code has changed, and takes a second; `takeback release` asks it. This takes
a few milliseconds and imports no DVC. It holds inside `dvc repro` too: DVC writes dvc.lock after every stage.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5
from pathlib import Path
from typing import Any

import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml
from takeback.repository.git import HERE
from takeback.repository.lock_file import ABSENT, LOCK, differences, read_lock_text, value_at

CONF, PARAMS = "conf", "params.yaml"
RERUN = "`dvc repro` makes them anew"
LITTER = (".DS_Store", "Thumbs.db", "*~", "*.sw[op]", ".#*")  # as in .dvcignore


def check_results(*paths: Path, folder: Path = HERE, conf: bool = True) -> None:
    """Check that results are those of the settings and the data they are about to be shown with.

    Parameters
    ----------
    paths
        The files and folders that are read. Every stage that led to one of them is checked.
    folder
        The top of the repository.
    conf
        Whether params.yaml must be what conf/ composes if conf/ is not as the last run found it. Not for a search: it
        starts from params.yaml and writes into conf/.

    Raises
    ------
    UserError
        The first thing that is not as dvc.lock says, and what to run.
    """
    for text in result_problems(*paths, folder=folder):
        raise UserError(text)
    if conf:
        _check_conf(read_lock_text(folder)["stages"], folder)


def result_problems(*paths: Path, folder: Path = HERE) -> Iterator[str]:
    """Yield everything in params.yaml, the data and the results that is not as dvc.lock says; see `check_results`."""
    read, params = [path.as_posix() for path in paths], _params(folder)
    makers = _makers(_of_candidates(read_lock_text(folder)["stages"], params), read)
    for text in (*_settings(makers, params), *_source(makers, params, folder), *_links(makers, folder)):
        yield f"the results are not those of the workspace: {text}"
    yield from _files(makers, read, folder)


def tree_hash(folder: Path, ignored: Sequence[str] = ()) -> str:
    """Return DVC's hash of a folder, from its bytes; `dvc status` trusts a file's time and size."""
    found = (path for path in folder.rglob("*") if path.is_file() and not any(map(path.match, ignored)))
    files = sorted(path.relative_to(folder).as_posix() for path in found)
    listed = [{"md5": _md5((folder / name).read_bytes()), "relpath": name} for name in files]
    return _md5(json.dumps(listed, sort_keys=True).encode()) + ".dir"


def _of_candidates(stages: Mapping[str, Any], params: Any) -> dict[str, Any]:
    """Leave out the stages of a candidate that is none any more: dvc.lock keeps them."""
    candidates = value_at(params, "candidates")
    gone = {name for name in stages if "@" in name and name.split("@")[1] not in candidates}
    return {name: stage for name, stage in stages.items() if candidates == ABSENT or name not in gone}


def _makers(stages: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return the stages that made these paths, and those that made what they read, and so on, as dvc.lock has them."""
    made, todo = set[str](), list(paths)
    while todo:
        path = todo.pop()
        for name, stage in stages.items():
            if name not in made and any(_overlap(path, out["path"]) for out in stage.get("outs", [])):
                made.add(name)
                todo += [dep["path"] for dep in stage.get("deps", [])]
    if not made:
        raise UserError(f"{LOCK}: knows no stage that made {paths[0]}. `dvc repro` runs the pipeline.")
    return {name: stage for name, stage in stages.items() if name in made}


def _params(folder: Path) -> Any:
    try:
        return load_yaml((folder / PARAMS).read_bytes(), yaml.CBaseLoader)
    except FileNotFoundError:
        raise UserError(f"{PARAMS}: there is no such file. `takeback compose` writes it from conf/.") from None
    except yaml.YAMLError as error:
        raise UserError(f"{PARAMS}: not readable as YAML ({error}). `takeback compose` writes it anew.") from None


def _settings(makers: Mapping[str, Any], params: Any) -> Iterator[str]:
    for name, stage in makers.items():
        for key, recorded in stage.get("params", {}).get(PARAMS, {}).items():
            for path, before, now in differences(key, recorded, value_at(params, key)):
                yield (
                    f"{path} was {before} when stage {name} ran, and is {now} in {PARAMS}. {RERUN} with these "
                    "settings; `takeback compose` takes an experiment's settings back."
                )


def _source(makers: Mapping[str, Any], params: Any, folder: Path) -> Iterator[str]:
    source = value_at(params, "data.source")
    if not isinstance(source, str) or source == ABSENT:
        return
    recorded = [dep for stage in makers.values() for dep in stage.get("deps", []) if dep["path"] == source]
    if not recorded:
        yield f"they are not made from {source}, which {PARAMS} names. {RERUN}."
    for entry in recorded:
        if (folder / source).is_file() and not _is(folder / source, entry):
            yield f"{source} has changed since. {RERUN} from it."


def _links(makers: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield what a stage read in another form than the earlier stage left it: a run that stopped half way."""
    made = {out["path"]: out.get("md5") for stage in makers.values() for out in stage.get("outs", [])}
    for name, stage in makers.items():
        for dep in stage.get("deps", []):
            path = dep["path"]
            if path in made:
                same = made[path] == dep.get("md5")
            else:  # a file of a folder that a stage made, or a folder of such; dvc.lock has no hash to compare with
                within = any(_overlap(path, out) for out in made)
                same = not within or not (folder / path).exists() or _is(folder / path, dep)
            if not same:
                yield f"stage {name} read another {path} than there is now. {RERUN}."


def _files(makers: Mapping[str, Any], read: list[str], folder: Path) -> Iterator[str]:
    for name, stage in makers.items():
        for out in stage.get("outs", []):
            path = out["path"]
            # What is not there is missed by whoever reads it; DVC's cache may have it.
            if (
                any(_overlap(path, other) for other in read)
                and (folder / path).exists()
                and not _is(folder / path, out)
            ):
                yield (
                    f"{path}: is not what stage {name} wrote, by {LOCK}: it was edited, or belongs to another commit. "
                    f"`dvc checkout --force` brings back what DVC keeps, `git checkout {path}` what Git keeps; {RERUN}."
                )


def _check_conf(stages: Mapping[str, Any], folder: Path) -> None:
    """Compose only if conf/ is not as the last run found it. An experiment's settings are its own, conf/ stays."""
    recorded = [dep for stage in stages.values() for dep in stage.get("deps", []) if dep["path"] == CONF]
    if all((folder / CONF).is_dir() and _is(folder / CONF, dep) for dep in recorded):
        return
    from takeback.config.composition import check_composed  # Hydra takes a fifth of a second to be imported

    try:
        check_composed(folder / PARAMS, folder / CONF)
    except UserError as error:
        raise UserError(
            f"{CONF}/ has changed since the last run. {error}\n"
            "If you ran an experiment and it is the rest of conf/ that changed: run the experiment again."
        ) from None


def _is(path: Path, entry: Mapping[str, Any]) -> bool:
    if entry.get("hash") != "md5" or "md5" not in entry:  # an older DVC's, or not a file of this disk
        return True
    if path.is_dir():
        return tree_hash(path, LITTER) == entry["md5"]
    return str(path.stat().st_size) == entry.get("size") and _md5(path.read_bytes()) == entry["md5"]


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _md5(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
