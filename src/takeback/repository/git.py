"""Git's own commands, their failure as one message."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from takeback.common.errors import UserError

HERE = Path()


def git(*arguments: str, folder: Path = HERE, environment: Mapping[str, str] | None = None) -> str:
    """Run git and return what it printed, without the last line end; ``environment`` is set beside the user's own.

    Raises
    ------
    UserError
        If git is not there or fails; what git said.
    """
    done = _run(arguments, folder, environment)
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout.rstrip("\n")


def git_succeeds(*arguments: str, folder: Path = HERE) -> bool:
    """Run a git command that answers by its exit code."""
    return _run(arguments, folder).returncode == 0


def commit_of(revision: str, folder: Path = HERE) -> str:
    """Return the commit of a tag, branch or other revision.

    Raises
    ------
    UserError
        If there is none; with what may help in a shallow clone.
    """
    done = _run(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], folder)
    if done.returncode == 0:
        return done.stdout.strip()
    git("rev-parse", "--git-dir", folder=folder)  # not a repository: say that instead
    hint = "`git fetch --tags` brings what others have tagged."
    if git("rev-parse", "--is-shallow-repository", folder=folder) == "true":
        hint = f"This clone is shallow: `git fetch --depth=1 origin {revision}` or `git fetch --unshallow --tags`."
    raise UserError(f"{revision}: there is no such tag, branch or commit here. {hint}")


def root(folder: Path = HERE) -> Path:
    """Return the top folder of the repository."""
    return Path(git("rev-parse", "--show-toplevel", folder=folder))


def _run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, **environment} if environment else None
    try:
        return subprocess.run(["git", *arguments], cwd=folder, env=own, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UserError("git: there is no such program. Install Git and try again.") from None
