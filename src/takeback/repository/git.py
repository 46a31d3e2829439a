"""Git's own commands, their failure as one message."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError

HERE = Path()
# What a person has set for their own eyes would change what is read here, and push more than what was named.
SETTINGS = (
    "core.quotePath=false",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "push.followTags=false",
)
# A hook sets these, and then `git` in a temporary clone would work on the user's repository.
OTHER_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)


CODING = "surrogateescape"


def git(
    *arguments: str, folder: Path = HERE, environment: Mapping[str, str] | None = None, given: str | None = None
) -> str:
    """Run git and return what it printed, without the last line end; ``environment`` is set beside the user's own.

    ``given`` is what git reads: a text may be too long for an argument.

    A name from outside is no argument: it may look like an option. `commit_of` and `fetched_commit` give its commit.

    Raises
    ------
    UserError
        If git is not there or fails; what git said.
    """
    done = _run(arguments, folder, environment, given=None if given is None else given.encode("utf-8", CODING))
    out, said = (text if isinstance(text, str) else text.decode("utf-8", CODING) for text in (done.stdout, done.stderr))
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {(said or out).strip()}")
    return out.rstrip("\n")


def git_succeeds(*arguments: str, folder: Path = HERE) -> bool:
    """Run a git command that answers by its exit code."""
    return _run(arguments, folder).returncode == 0


def git_bytes(*arguments: str, folder: Path = HERE, given: bytes = b"") -> bytes | None:
    """Run git with some bytes as its input and return the bytes that it printed; None if it fails."""
    done = _run(arguments, folder, given=given)
    return bytes(done.stdout) if done.returncode == 0 else None


def git_said(*arguments: str, folder: Path) -> tuple[bool, str]:
    """Run a git command whose answer is its exit code and what it says about it."""
    done = _run(arguments, folder)
    return done.returncode == 0, done.stderr + done.stdout


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


def fetched_commit(name: str, remote: str, folder: Path = HERE) -> str | None:
    """Fetch one branch, tag or commit of a Git remote, without its history, and return its commit; None without one.

    The name is no refspec: it can neither be an option nor write a ref here.
    """
    if not git_succeeds("check-ref-format", f"refs/heads/{name}", folder=folder):
        return None
    if not git_succeeds("fetch", "--quiet", "--depth=1", "--end-of-options", remote, name, folder=folder):
        return None
    return commit_of("FETCH_HEAD", folder)


def root(folder: Path = HERE) -> Path:
    """Return the top folder of the repository."""
    return Path(git("rev-parse", "--show-toplevel", folder=folder))


def _run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None, given: bytes | None = None
) -> subprocess.CompletedProcess[Any]:
    own = {name: value for name, value in os.environ.items() if name not in OTHER_REPOSITORY} | {**(environment or {})}
    text: dict[str, Any] = {"encoding": "utf-8", "errors": CODING} if given is None else {"input": given}
    command = ["git", *(word for setting in SETTINGS for word in ("-c", setting)), *arguments]
    try:
        return subprocess.run(command, cwd=folder, env=own, capture_output=True, check=False, **text)
    except FileNotFoundError:
        raise UserError("git: there is no such program. Install Git and try again.") from None
