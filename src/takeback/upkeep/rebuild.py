"""Rebuilding a revision from Git alone, and what came out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takeback.repository.git import HERE
from takeback.repository.lock_file import quote_hashes, read_lock
from takeback.repository.workspace import repro, temporary_clone
from takeback.upkeep.locks import Row, compare_locks
from takeback.upkeep.sources import bring_sources

RUNS = "takeback-rebuild"  # accepted by `configure`: an experiment's params.yaml need not be what conf/ composes


@dataclass(frozen=True)
class Rebuilt:
    """The clone that holds what was rebuilt, and how its lock compares with the recorded one."""

    folder: Path
    outs: list[Row]
    deps: list[Row]


@contextmanager
def rebuild(revision: str, folder: Path = HERE, on_stage: Callable[[str], Any] = str) -> Iterator[Rebuilt]:
    """Rebuild a revision without cache, run-cache or remote; yield it, and remove it at the end.

    Parameters
    ----------
    revision
        A tag, branch or commit.
    folder
        Where the repository is.
    on_stage
        Called with a stage's name when it starts.

    Raises
    ------
    UserError
        If a stage fails, or its source data are nowhere.
    """
    with temporary_clone(revision, folder=folder) as clone:
        yield rebuild_clone(clone, on_stage, folder)


def rebuild_clone(clone: Path, on_stage: Callable[[str], Any] = str, folder: Path = HERE) -> Rebuilt:
    """Run every stage that has outputs in a fresh clone of a repository, with an empty cache; compare the locks.

    Source data that Git does not hold come from the repository's own cache or remote; nothing else does.
    """
    recorded = read_lock(clone)
    quote_hashes(clone)
    bring_sources(clone, folder)
    repro(clone, "--force", "--no-run-cache", *stages_with_outputs(recorded), experiment=RUNS, on_stage=on_stage)
    made = read_lock(clone)
    return Rebuilt(clone, compare_locks(recorded, made), compare_locks(recorded, made, "deps"))


def stages_with_outputs(lock: dict[str, Any]) -> list[str]:
    """Return the stages that make something, in the lock's order."""
    return [name for name, stage in lock["stages"].items() if stage.get("outs")]
