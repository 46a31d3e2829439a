"""Can a release be had? Its tag, its signature, its objects, and a bundle that loads."""

import tempfile
from pathlib import Path

from takeback.common.errors import UserError
from takeback.decisions.bundle import load_release
from takeback.release.storage import copy_out, dvc_repository, unavailable
from takeback.release.tags import Tag, read_tags
from takeback.release.versions import Version
from takeback.repository.git import git
from takeback.stages import layout


def check_release(version: str, whole: bool) -> Tag:
    """Check that a release can be had: its tag, its signature, its objects, and that its bundle loads.

    Parameters
    ----------
    version
        The release.
    whole
        Whether every output must be there, or only the bundle that a service loads.

    Raises
    ------
    UserError
        If not; nothing has moved.
    """
    tag = next(iter(read_tags(f"refs/tags/{version}")), None) if Version.parse(version) else None
    if not tag:
        raise UserError(f"{version}: there is no such release. `git tag --list 'v*'` names them.")
    if not tag.annotated:
        raise UserError(f"{version}: is a lightweight tag, not a release. `takeback release` makes releases.")
    if tag.signed:
        git("verify-tag", version)
    with dvc_repository(version) as repo, tempfile.TemporaryDirectory() as place:
        index = repo.index.data["repo"]
        missing = [path for path in unavailable(index) if whole or Path(path).is_relative_to(layout.RELEASE)]
        if missing:
            raise UserError(_lost(version, missing))
        copy_out(index, layout.RELEASE, Path(place))
        load_release(Path(place))
    return tag


def _lost(version: str, missing: list[str]) -> str:
    named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    bundle = any(Path(path).is_relative_to(layout.RELEASE) for path in missing)
    more = "" if bundle else " The bundle that a service loads is there: --bundle-only moves the stage all the same."
    return (
        f"{version}: neither the cache nor the remote has {named}. Nothing has moved. Whoever has it: `dvc push`; "
        f"or `git checkout {version}`, `dvc repro --force --no-run-cache` and `dvc push` make it anew.{more}"
    )
