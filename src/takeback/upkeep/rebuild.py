"""Rebuilding a revision from Git alone, and what came out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.repository.git import HERE
from takeback.repository.lock_file import LOCK, quote_hashes, read_lock
from takeback.repository.workspace import repro, temporary_clone
from takeback.upkeep.locks import Row, compare_locks

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
        If a stage fails, or its data are not in Git.
    """
    with temporary_clone(revision, folder=folder) as clone:
        yield rebuild_clone(clone, on_stage)


def rebuild_clone(clone: Path, on_stage: Callable[[str], Any] = str) -> Rebuilt:
    """Run every stage that has outputs in a fresh clone with an empty cache; compare the locks."""
    recorded = read_lock(clone)
    _refuse_data_outside_git(clone)
    quote_hashes(clone)
    repro(clone, "--force", "--no-run-cache", *stages_with_outputs(recorded), experiment=RUNS, on_stage=on_stage)
    made = read_lock(clone)
    return Rebuilt(clone, compare_locks(recorded, made), compare_locks(recorded, made, "deps"))


def stages_with_outputs(lock: dict[str, Any]) -> list[str]:
    """Return the stages that make something, in the lock's order."""
    return [name for name, stage in lock["stages"].items() if stage.get("outs")]


def _refuse_data_outside_git(clone: Path) -> None:
    tracked = sorted(str(path.relative_to(clone)) for path in clone.rglob("*.dvc") if path.is_file())
    if tracked:
        raise UserError(
            f"{', '.join(tracked)}: these data lie in DVC's remote, not in Git: Git alone can't rebuild the release. "
            f"`git checkout TAG && dvc pull && dvc repro --force --no-run-cache` and `git diff {LOCK}` compare it."
        )
