"""Folders `.NAME.xxxxxxxx` beside what is being written; the kernel knows whether the process that made one lives."""

import fcntl
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}", re.DOTALL)


@contextmanager
def held_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside a path, which is removed at the end; a lock on it ends with the process."""
    folder, lock = _made(path)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def written_name(folder: Path) -> str | None:
    """Return the name of what is written in such a folder; None if it is another one."""
    match = NAME.fullmatch(folder.name)
    if not match or folder.is_symlink() or not folder.is_dir():
        return None
    # A person's own hidden folder may be named alike; its content is not.
    return match["name"] if {item.name for item in folder.iterdir()} <= {match["name"], "old"} else None


def is_held(folder: Path) -> bool:
    """Say whether a process that lives holds a folder; where folders can't be locked nobody knows, so yes."""
    try:
        with _lock(folder):
            return False
    except OSError:
        return True


def remove_dead(path: Path) -> None:
    """Remove the folders that killed processes left when they wrote this path."""
    for folder in path.parent.glob(f".{glob.escape(path.name)}.????????"):
        with suppress(OSError):  # somebody writes there, or has just removed it
            if written_name(folder) == path.name:
                with _lock(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def _made(path: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        with suppress(FileNotFoundError):  # a neighbour took it for a dead one's before it was held: another one
            lock = os.open(folder, os.O_RDONLY)
            with suppress(OSError):  # some network drives can't lock a folder; there nobody takes one for a dead one's
                fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)
