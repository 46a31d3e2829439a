"""Copies of this repository to measure and to break: the same ones that the tests use."""

import shlex
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clones import Repository, copy_repository

HOUR = 3600


@contextmanager
def clone(**environment: str) -> Iterator[Repository]:
    """Yield a fresh copy without any output: what `git clone` would give of the working tree."""
    with tempfile.TemporaryDirectory(prefix="takeback-") as folder:
        yield copy_repository(Path(folder) / "clone", **environment)


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def stage_commands(repository: Repository) -> list[list[str]]:
    """Return the command of every stage in the order in which DVC runs them."""
    printed = repository.run("dvc", "repro", "--dry", "--force")
    return [shlex.split(line.removeprefix("> ")) for line in printed.splitlines() if line.startswith("> ")]


def stages_run(printed: str) -> list[str]:
    """Return the stages that `dvc repro` says it ran."""
    return [line.split("'")[1] for line in printed.splitlines() if line.startswith("Running stage")]


def forget(repository: Repository) -> None:
    """Remove the lock and the metrics, which lie in Git, so that every stage has to run."""
    for name in ("dvc.lock", "metrics"):
        repository.run("rm", "-rf", name)


def reproduce(repository: Repository, *options: str) -> str:
    """Run `dvc repro` and return what it printed."""
    return repository.run("dvc", "repro", *options, timeout=HOUR)
