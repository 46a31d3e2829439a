"""Does dvc.lock agree with the files, the parameters and itself? Found without running or fetching anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import Any

from dvc.dependency import ParamsDependency
from dvc.exceptions import DvcException
from dvc.output import Output
from dvc.repo import Repo
from dvc.stage import PipelineStage

from takeback.common.errors import UserError
from takeback.repository.lock_differences import Lock, entries, identity, overlap
from takeback.repository.lock_file import LOCK, read_lock, unquoted_hashes


@dataclass(frozen=True)
class Problem:
    """One entry of the lock that is not what it should be."""

    stage: str
    entry: str
    recorded: str
    expected: str

    def __str__(self) -> str:
        return f"{self.stage}: {self.entry}: {LOCK} has {self.recorded}; {self.expected}"


def lock_problems(folder: Path) -> list[Problem]:
    """Compare dvc.lock with dvc.yaml, params.yaml and the files of a checkout, and with itself.

    Files that lie in Git are hashed as DVC does; what DVC's cache holds needs no cache here: the hash of a dependency
    is held against that of the output it is.

    Raises
    ------
    UserError
        If dvc.yaml or dvc.lock can't be read.
    """
    lock = read_lock(folder)
    if unquoted := unquoted_hashes(folder):
        return [Problem(*entry, "no quotes around it: a number to DVC, which fails there") for entry in unquoted]
    # The state of temporary clones must not pile up among the user's.
    settings = {"core": {"site_cache_dir": str(folder / ".dvc" / "tmp" / "takeback")}}
    try:
        with Repo(str(folder), config=settings) as repo:
            return list(_problems(repo, lock))
    except DvcException as error:
        raise UserError(f"dvc.yaml, {LOCK}: {error}") from None


def _problems(repo: Repo, lock: Lock) -> Iterator[Problem]:
    stages = {stage.name: stage for stage in repo.index.stages if isinstance(stage, PipelineStage)}
    for name in lock["stages"]:
        if name not in stages:
            yield Problem(name, "stage", "it", "dvc.yaml has no such stage")
    # From the top, as stages name it: a `*.dvc` file names what lies beside it.
    cached = {relpath(out.fs_path, repo.root_dir): out for out in repo.index.outs if out.use_cache}
    hashes: dict[str, str] = {}
    for name, stage in stages.items():
        if name not in lock["stages"]:
            yield Problem(name, "stage", "nothing", "dvc.yaml has this stage")
            continue
        recorded = lock["stages"][name]
        if recorded.get("cmd") != stage.cmd:
            yield Problem(name, "cmd", repr(recorded.get("cmd")), f"dvc.yaml has {stage.cmd!r}")
        yield from _parameter_problems(stage, recorded.get("params", {}))
        for part, items in (("deps", stage.deps), ("outs", stage.outs)):
            yield from _file_problems(name, part, items, entries(lock, name, part), cached, hashes)


def _file_problems(
    name: str, part: str, items: list[Output], recorded: dict[str, str], cached: dict[str, Output], hashes: dict
) -> Iterator[Problem]:
    declared = {item.def_path: item for item in items if not isinstance(item, ParamsDependency)}
    for path in recorded.keys() - declared.keys():
        yield Problem(name, f"{part}: {path}", recorded[path], "dvc.yaml does not name it")
    for path, item in declared.items():
        expected = _expected(item, part, cached, hashes)
        if path not in recorded:
            yield Problem(name, f"{part}: {path}", "nothing", "dvc.yaml names it")
        elif expected and recorded[path] != expected[0]:
            yield Problem(name, f"{part}: {path}", recorded[path], f"{expected[1]} {expected[0]}")


def _expected(item: Output, part: str, cached: dict[str, Output], hashes: dict) -> tuple[str, str] | None:
    """Return what the lock should have and who says so; None if only a rebuild can tell."""
    path = item.def_path
    if path in cached:
        return (_recorded(cached[path]), f"{cached[path].stage.addressing} made") if part == "deps" else None
    if any(overlap(path, other) for other in cached):
        return None
    if path not in hashes:
        hashes[path] = _hashed(item)
    return hashes[path], "the files give"


def _recorded(out: Output) -> str:
    return identity({**out.meta.to_dict(), "md5": out.hash_info.value})


def _hashed(item: Output) -> str:
    if not item.exists:
        return "no such file"
    meta, digest = item._get_hash_meta()  # get_meta() and get_hash() would read every file twice
    return identity({**meta.to_dict(), "md5": digest.value})


def _parameter_problems(stage: PipelineStage, recorded: dict[str, Any]) -> Iterator[Problem]:
    for dependency in stage.deps:
        if isinstance(dependency, ParamsDependency):
            file = dependency.def_path
            left, right = _leaves(recorded.get(file, {})), _leaves(dependency.read_params())
            for key in dict.fromkeys([*left, *right]):
                if left.get(key, ...) != right.get(key, ...):
                    sides = [repr(side[key]) if key in side else "no such key" for side in (left, right)]
                    yield Problem(stage.name, f"params: {key}", sides[0], f"{file} has {sides[1]}")


def _leaves(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {prefix: value} if prefix else {}
    return {
        name: leaf for key, item in value.items() for name, leaf in _leaves(item, f"{prefix}.{key}".lstrip(".")).items()
    }
