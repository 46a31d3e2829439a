"""Source data that a revision names and Git does not hold: the outputs of `*.dvc` files."""

import shutil
from pathlib import Path

from takeback.common.errors import UserError
from takeback.repository.dvc import tracked_sources
from takeback.repository.git import HERE, commit_of
from takeback.repository.snapshot import Snapshot


def bring_sources(clone: Path, folder: Path = HERE) -> None:
    """Copy them into a clone, from the cache of the repository it was made from, or from its remote.

    Raises
    ------
    UserError
        If neither has one of them.
    """
    names, commit = tracked_sources(clone), commit_of("HEAD", clone)
    if not names:
        return
    files = Snapshot(commit, folder)
    for name in names:
        target = clone / name
        try:
            files.get(name, target)
        except UserError:
            shutil.rmtree(target, ignore_errors=True)
        if not target.exists():
            raise UserError(
                f"{name}, as commit {commit[:7]} names it, is neither in the cache nor in a remote: nothing can be "
                "rebuilt from it. `dvc push` by whoever has it shares it. If it was erased on purpose "
                "(docs/privacy.md), the settings and metrics in Git are what is left."
            )
