"""Is a release what its lock says? Found out from Git alone, and by rebuilding it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shlex import quote
from typing import Any

from packaging.requirements import Requirement

from takeback.decisions.manifest import LIBRARIES
from takeback.repository.agreement import Problem, lock_problems
from takeback.repository.clones import repro, temporary_clone
from takeback.repository.git import HERE
from takeback.repository.lock_differences import Row, compare_locks, first_to_differ, unexplained
from takeback.repository.lock_file import LOCK, quote_hashes, read_lock
from takeback.repository.sources import bring_sources


def pins(requirements: str) -> dict[str, str]:
    """Return name and version of every pin of a requirements file that holds for this Python and platform."""
    lines = (line.removesuffix("\\").strip() for line in requirements.splitlines())
    parsed = [Requirement(line) for line in lines if "==" in line and not line.startswith(("#", "--"))]
    kept = [pin for pin in parsed if pin.marker is None or pin.marker.evaluate()]
    return {pin.name: next(iter(pin.specifier)).version for pin in kept}


def installed(name: str) -> str:
    """Return the version of a library here, in words if there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "nothing"


def version_differences(
    requirements: str, libraries: Iterable[str] = LIBRARIES, here: Callable[[str], str] = installed
) -> list[str]:
    """Return a line for every library whose version here is not the pinned one; unpinned ones are left out."""
    pinned = pins(requirements)
    return [
        f"{name} {here(name)}, pinned {pinned[name]}"
        for name in libraries
        if name in pinned and here(name) != pinned[name]
    ]


def how_to_get(tag: str) -> str:
    """Return the commands that build the Python environment of a tag and verify in it."""
    tag = quote(tag)  # a name may hold what a shell would run
    return "\n".join(
        [
            "  python3 -m venv .venv-tag",
            f"  git show {tag}:requirements.lock > .venv-tag/requirements.lock",
            "  .venv-tag/bin/pip install --require-hashes -r .venv-tag/requirements.lock",
            "  .venv-tag/bin/pip install --no-deps --no-build-isolation -e .",
            f"  .venv-tag/bin/takeback verify {tag}",
        ]
    )


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
