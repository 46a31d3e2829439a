"""What killed runs left behind, told from what a running one still needs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from takeback.common.half_written import is_held, written_name
from takeback.common.layout import CHECKPOINTS
from takeback.repository.clones import CLONES

# A run writes at least this often; what is younger may be in use by a command that DVC does not know of.
QUIET_SECONDS = 60
NOT_OURS = {".git", ".dvc", ".venv", ".takeback", "node_modules"}


@dataclass(frozen=True)
class Leftover:
    """A path that a killed run left, or why it is not known to be one."""

    path: Path
    what: str
    in_use: str = ""


def leftovers(top: Path) -> list[Leftover]:
    """Return half-written folders, checkpoints and temporary clones of a repository."""
    found = [_half_written(path) for path in half_written(top)]
    checkpoints = top / CHECKPOINTS
    found += [_timed(path, "checkpoint: training starts anew") for path in _children(checkpoints)]
    return found + [_clone(path) for path in _children(top / CLONES)]


def half_written(folder: Path) -> Iterator[Path]:
    """Yield the temporary folders of ``common.files.replacing`` below a folder."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_dir() or path.name in NOT_OURS:
            continue
        if written_name(path):
            yield path
        else:
            yield from half_written(path)


def size_of(path: Path) -> int:
    """Return the bytes of a file or of everything in a folder."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(item.lstat().st_size for item in inside if item.is_file() or item.is_symlink())


def clone_process(clone: Path) -> int | None:
    """Return the process that made a temporary clone, if it is alive."""
    number = clone.name.partition("-")[0]
    return int(number) if number.isdigit() and psutil.pid_exists(int(number)) else None


def _clone(path: Path) -> Leftover:
    process = clone_process(path)
    if process:
        return Leftover(path, "temporary clone", f"process {process} is alive")
    return Leftover(path, "temporary clone of a dead process")


def _half_written(path: Path) -> Leftover:
    if is_held(path):
        return Leftover(path, "half-written output", "a process that lives writes it")
    return _timed(path, "half-written output of a killed run")


def _timed(path: Path, what: str) -> Leftover:
    newest = max(item.lstat().st_mtime for item in [path, *path.rglob("*")])
    young = time.time() - newest < QUIET_SECONDS
    return Leftover(path, what, f"written to less than {QUIET_SECONDS} s ago" if young else "")


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
