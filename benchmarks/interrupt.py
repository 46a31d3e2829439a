"""Running a command until a moment comes, and killing it there with everything that it started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.clones import Repository

from benchmarks.clones import HOUR

POLL_SECONDS = 0.0002
CHECKPOINTS = Path(".takeback/checkpoints")

Trigger = Callable[[float], bool]
Aim = Callable[[Repository], Trigger]


class Ended(NamedTuple):
    """How a run ended: its exit code, or None if it was killed; and what it printed."""

    code: int | None
    printed: str


def run_until(repository: Repository, trigger: Trigger, *command: str, alone: bool = False) -> Ended:
    """Run a command, `dvc repro` if none, in a process group of its own; kill it (-9) when the trigger says so.

    What it started is killed with it, or lives on if it is killed ``alone``.
    """
    log = repository.folder.parent / "command.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command or ["dvc", "repro"],
            cwd=repository.folder,
            env=repository.environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    killed, start = False, time.perf_counter()
    while not killed and process.poll() is None:
        if killed := trigger(time.perf_counter() - start):
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    process.wait()
    return Ended(None if killed else process.returncode, log.read_text(errors="replace"))


def never(elapsed: float) -> bool:
    """Let a run end by itself, unless it hangs."""
    return elapsed > HOUR


def moment(delay: float) -> Aim:
    """Aim at a moment: so many seconds after the start."""
    return lambda _: lambda elapsed: elapsed > delay


def new_checkpoint(repository: Repository) -> Trigger:
    """Aim at the training of boosting: a checkpoint appears that was not there when the run began."""
    folder = repository.path(str(CHECKPOINTS / "xgboost"))

    def there() -> set[tuple[str, int]]:
        # The inode tells a checkpoint from the one that it replaced; a folder in the making ends otherwise.
        return {(entry.name, entry.inode()) for entry in _entries(folder) if entry.name.endswith(".checkpoint")}

    before = there()
    return lambda _: bool(there() - before)


def half_written(place: str) -> Aim:
    """Aim at the moment in which an output of a folder is half-written; see `takeback.common.files.replacing`."""

    def aim(repository: Repository) -> Trigger:
        folder = repository.path(place)

        def there() -> set[str]:
            hidden = [entry for entry in _entries(folder) if entry.name.startswith(".") and entry.is_dir()]
            # A folder that holds no file yet would not show in any hash.
            return {entry.name for entry in hidden if any(path.is_file() for path in Path(entry).rglob("*"))}

        before = there()
        return lambda _: bool(there() - before)

    return aim


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
