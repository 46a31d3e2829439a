"""The safe `dvc gc`: what must hold before it runs, what it would remove, and removing it."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from takeback.common.errors import UserError
from takeback.repository.clones import CLONES
from takeback.repository.dvc import (
    DvcException,
    LockError,
    cache_folder,
    local_cache_setting,
    lost_listings,
    repository,
)
from takeback.repository.git import git
from takeback.repository.leftovers import Leftover, clone_process

KEPT = {"all_branches": True, "all_tags": True, "all_experiments": True}
OPTIONS = ["--workspace", *(f"--{name.replace('_', '-')}" for name in KEPT)]
AGAIN = "Nothing was removed. Run it again when that is done."


def refuse_if_unsafe(top: Path) -> None:
    """Stop if something runs, or if this clone does not know every tag.

    Raises
    ------
    UserError
        What is in the way, and what to do.
    """
    for process, command in sorted(running(top).items()):
        raise UserError(f"DVC runs here (process {process}: {command}). {AGAIN}")
    for clone in sorted((top / CLONES).glob("*-*")):
        if clone_process(clone) and _shares_cache(clone):
            raise UserError(
                f"process {clone_process(clone)} works in {clone.relative_to(top)} and shares the cache. {AGAIN} "
                "If that process is none of Takeback's, remove the folder."
            )
    if git("rev-parse", "--is-shallow-repository", folder=top) == "true":
        raise UserError("this clone is shallow: it can't know what every tag needs. `git fetch --unshallow --tags`.")


def tags_only_at(remote: str, top: Path) -> list[str]:
    """Return the tags that a Git remote has and this clone lacks.

    Raises
    ------
    UserError
        If the remote can't be reached.
    """
    printed = git("ls-remote", "--tags", "--refs", remote, folder=top)
    there = {line.partition("\trefs/tags/")[2] for line in printed.splitlines()}
    return sorted(there - set(git("tag", "--list", folder=top).splitlines()))


def running(top: Path) -> dict[int, str]:
    """Return process and command of every DVC command that works in a repository now."""
    try:
        locks = json.loads((top / ".dvc/tmp/rwlock").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    readers = [info for infos in locks.get("read", {}).values() for info in infos]
    infos = [*readers, *locks.get("write", {}).values()]
    return {info["pid"]: info["cmd"] for info in infos if info and psutil.pid_exists(info["pid"])}


def unused_objects(top: Path) -> list[Path]:
    """Return the cached objects that ``dvc gc`` would remove.

    Raises
    ------
    UserError
        If other repositories may need them, or if a folder's listing is lost: DVC would then remove its files.
    """
    lines = _dvc_gc(top, "--dry").splitlines()
    paths = [Path(line.removeprefix("Removing ")) for line in lines if line.startswith("Removing ")]
    if paths:
        _refuse_cache_of_others(top)
    return sorted(paths)


def remove(top: Path, objects: bool, found: list[Leftover]) -> None:
    """Remove unused objects and what killed runs left; nothing that something else uses by now."""
    if objects:
        _dvc_gc(top, "--force")
    try:
        with repository(top) as repo, repo.lock:
            for leftover in found:
                shutil.rmtree(leftover.path) if leftover.path.is_dir() else leftover.path.unlink(missing_ok=True)
    except LockError:
        raise UserError(f"DVC runs here. {AGAIN.replace('Nothing was', 'What killed runs left was not')}") from None
    except OSError as error:
        raise UserError(f"{error.filename}: can't be removed ({error.strerror}). Mend that and run it again.") from None


def _dvc_gc(top: Path, *options: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [sys.executable, "-m", "dvc", "gc", *OPTIONS, *options]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"dvc gc: {done.stderr.strip()}\nNothing was removed.")
    return done.stdout


def _refuse_cache_of_others(top: Path) -> None:
    cache, lost = cache_folder(top), []
    if not cache.is_relative_to(top):
        raise UserError(
            f"the cache {cache} is outside this repository, so others may need what this one does not. Run "
            f"`dvc gc {' '.join(OPTIONS)} --projects OTHER` with every repository that uses it."
        )
    with suppress(DvcException), repository(top) as repo:  # `dvc gc` itself has read them all before
        lost = lost_listings(repo, KEPT)
    if lost:
        raise UserError(
            f"{lost[0]}: the listing of this folder is missing or corrupt, so `dvc gc` would remove its files. "
            f"Nothing was removed. `takeback check {lost[0].rpartition(' at ')[2]}` says how to repair it."
        )


def _shares_cache(clone: Path) -> bool:
    if not (clone / ".dvc/config.local").exists():
        return False
    return not (clone / ".dvc" / local_cache_setting(clone)).resolve().is_relative_to(clone.resolve())
