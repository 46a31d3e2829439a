"""A temporary clone in which another revision is rebuilt or mixed; the user's worktree and index stay as they are."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.repository.dvc_files import refuse_bad_yaml
from takeback.repository.git import HERE, commit_of, git, root

# Inside the repository: the same disk, so that DVC can link, and `takeback gc` finds what a killed run left.
CLONES = Path(".takeback/clones")
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
STARTS = "Running stage '"


@contextmanager
def temporary_clone(revision: str, cache: Path | None = None, folder: Path = HERE) -> Iterator[Path]:
    """Yield a clone of a revision that is removed at the end.

    Parameters
    ----------
    revision
        What to check out, detached.
    cache
        The DVC cache to share; if None the clone has an empty one of its own, whatever the user's settings say.
    folder
        Where the repository is.
    """
    commit, top = commit_of(revision, folder), root(folder)
    (top / CLONES).mkdir(parents=True, exist_ok=True)
    clone = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=top / CLONES))
    try:
        _borrow_objects(clone, top)
        # Git LFS would ask a server; what it holds is not in Git, and is refused.
        git("checkout", "--quiet", "--detach", commit, folder=clone, environment={"GIT_LFS_SKIP_SMUDGE": "1"})
        _refuse_pointers(clone, revision)
        refuse_bad_yaml(revision, top)
        _set_cache(clone / ".dvc", cache or clone / ".dvc/cache")
        yield clone
    finally:
        shutil.rmtree(clone, ignore_errors=True)


def repro(folder: Path, *arguments: str, experiment: str | None = None, on_stage: Callable[[str], Any] = str) -> None:
    """Run ``dvc repro`` in a clone with the clone's own code.

    Parameters
    ----------
    folder
        The clone.
    arguments
        Targets and options.
    experiment
        If params.yaml is not what conf/ composes: a name to call the run by, which `configure` accepts.
    on_stage
        Called with a stage's name when it starts.

    Raises
    ------
    UserError
        If it fails; the last lines that it printed.
    """
    command = [sys.executable, "-m", "dvc", "repro", *arguments]
    printed: list[str] = []
    with subprocess.Popen(
        command, cwd=folder, env=_environment(folder, experiment), text=True, stdout=-1, stderr=-2
    ) as run:
        for line in run.stdout or ():
            printed.append(line.rstrip())
            if line.startswith(STARTS):
                on_stage(line.removeprefix(STARTS).partition("'")[0])
    if run.returncode:
        raise UserError("dvc repro failed in a temporary clone:\n" + "\n".join(printed[-12:]))


def _borrow_objects(clone: Path, top: Path) -> None:
    """Start a repository that reads the other's objects; works for a shallow clone too, and copies nothing."""
    git("init", "--quiet", folder=clone)
    inside = Path(git("rev-parse", "--path-format=absolute", "--git-common-dir", folder=top))
    (clone / ".git/objects/info/alternates").write_text(f"{inside / 'objects'}\n", encoding="utf-8")
    if (inside / "shallow").exists():
        shutil.copyfile(inside / "shallow", clone / ".git/shallow")


def _refuse_pointers(clone: Path, revision: str) -> None:
    tracked = git("ls-files", "-z", "--", ":(attr:filter=lfs)", folder=clone).split("\0")
    if pointers := [name for name in tracked if name and _is_pointer(clone / name)]:
        raise UserError(
            f"{', '.join(pointers)}: lies in Git LFS, so Git alone has a pointer and can't rebuild {revision}. "
            f"`git checkout {revision} && git lfs pull && dvc repro --force --no-run-cache` and `git diff dvc.lock` "
            "compare it; `git lfs migrate export` or `dvc add` takes the file out of Git LFS."
        )


def _is_pointer(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(LFS_POINTER)) == LFS_POINTER


def _set_cache(settings: Path, cache: Path) -> None:
    if links := [path for path in (settings, *settings.rglob("*")) if path.is_symlink()]:
        raise UserError(f".dvc: {links[0].name} is a link; expected files and folders, since DVC writes there.")
    # Relative: DVC writes and reads this file as ASCII, and the folder above may have any name.
    place = Path(os.path.relpath(cache.resolve(), settings.resolve())).as_posix()
    (settings / "config.local").write_text(f'[cache]\n    dir = "{place}"\n', encoding="utf-8")


def _environment(folder: Path, experiment: str | None) -> dict[str, str]:
    # A hook sets GIT_DIR, and a user's DVC_ settings name another cache or remote.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "GIT_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    name = {"DVC_EXP_NAME": experiment} if experiment else {}
    return {**kept, "PATH": path, "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(folder / ".dvc/site"), **name}
