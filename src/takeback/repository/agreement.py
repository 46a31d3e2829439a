"""Does dvc.lock agree with the files, the parameters and itself? Found without running or fetching anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.repository.dvc import (
    CachedOutput,
    DeclaredFile,
    DeclaredStage,
    DvcException,
    Repo,
    cached_outputs,
    declared_stages,
    repository,
)
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
        with repository(folder, settings=settings) as repo:
            return list(_problems(repo, lock))
    except DvcException as error:
        raise UserError(f"dvc.yaml, {LOCK}: {error}") from None


def _problems(repo: Repo, lock: Lock) -> Iterator[Problem]:
    stages = {stage.name: stage for stage in declared_stages(repo)}
    for name in lock["stages"]:
        if name not in stages:
            yield Problem(name, "stage", "it", "dvc.yaml has no such stage")
    cached = cached_outputs(repo)
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
    name: str,
    part: str,
    items: list[DeclaredFile],
    recorded: dict[str, str],
    cached: dict[str, CachedOutput],
    hashes: dict[str, str],
) -> Iterator[Problem]:
    declared = {item.path: item for item in items}
    for path in recorded.keys() - declared.keys():
        yield Problem(name, f"{part}: {path}", recorded[path], "dvc.yaml does not name it")
    for path, item in declared.items():
        expected = _expected(item, part, cached, hashes)
        if path not in recorded:
            yield Problem(name, f"{part}: {path}", "nothing", "dvc.yaml names it")
        elif expected and recorded[path] != expected[0]:
            yield Problem(name, f"{part}: {path}", recorded[path], f"{expected[1]} {expected[0]}")


def _expected(
    item: DeclaredFile, part: str, cached: dict[str, CachedOutput], hashes: dict[str, str]
) -> tuple[str, str] | None:
    """Return what the lock should have and who says so; None if only a rebuild can tell."""
    path = item.path
    if path in cached:
        return (identity(cached[path].recorded), f"{cached[path].made_by} made") if part == "deps" else None
    if any(overlap(path, other) for other in cached):
        return None
    if path not in hashes:
        found = item.hashed()
        hashes[path] = "no such file" if found is None else identity(found)
    return hashes[path], "the files give"


def _parameter_problems(stage: DeclaredStage, recorded: dict[str, Any]) -> Iterator[Problem]:
    for file, values in stage.params:
        left, right = _leaves(recorded.get(file, {})), _leaves(values)
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
