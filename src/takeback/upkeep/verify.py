"""Is a release what its lock says? Everything that can be found out from Git alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takeback.repository.git import HERE
from takeback.repository.lock_file import LOCK, read_lock
from takeback.repository.workspace import temporary_clone
from takeback.upkeep.agreement import Problem, lock_problems
from takeback.upkeep.environment import version_differences
from takeback.upkeep.locks import Row, first_to_differ, unexplained
from takeback.upkeep.rebuild import rebuild_clone, stages_with_outputs

REQUIREMENTS = "requirements.lock"
LEFT, RIGHT = LOCK, "rebuilt"


@dataclass(frozen=True)
class Verification:
    """What was found: problems of the lock, or else how the rebuilt outputs compare with it."""

    problems: list[Problem]
    outs: list[Row]
    edited: list[Row]
    origins: list[str]

    @property
    def good(self) -> bool:
        """Say whether everything is as recorded."""
        return not self.problems and not self.edited and all(row.identical for row in self.outs)


def verify(
    revision: str,
    folder: Path = HERE,
    on_start: Callable[[int, list[str]], Any] = lambda stages, versions: None,
    on_stage: Callable[[str], Any] = str,
) -> Verification:
    """Check a revision's lock against its files, and if they agree rebuild it in a temporary clone.

    Parameters
    ----------
    revision
        A tag, branch or commit.
    folder
        Where the repository is.
    on_start
        Called before the rebuild with the number of stages and the libraries whose versions are not the pinned ones.
    on_stage
        Called with a stage's name when it starts.
    """
    with temporary_clone(revision, folder=folder) as clone:
        problems = lock_problems(clone)
        if problems:
            return Verification(problems, [], [], [])
        pinned = clone / REQUIREMENTS
        versions = version_differences(pinned.read_text(encoding="utf-8")) if pinned.is_file() else []
        on_start(len(stages_with_outputs(read_lock(clone))), versions)
        rebuilt = rebuild_clone(clone, on_stage, folder)
    edited = unexplained(rebuilt.outs, rebuilt.deps)
    return Verification([], rebuilt.outs, edited, first_to_differ(rebuilt.outs, rebuilt.deps))
