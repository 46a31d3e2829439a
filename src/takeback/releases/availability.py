"""May a release run, and can it be had? Its tag, its signature, its gate, its objects, and a bundle that loads."""

import tempfile
from pathlib import Path

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.decisions.bundle import load_release
from takeback.decisions.manifest import MANIFEST, read_manifest
from takeback.releases.message import LOCK
from takeback.releases.provenance import check_gate, check_lock, check_manifest
from takeback.releases.signing import check_signature
from takeback.releases.storage import copy_out, dvc_repository, unavailable
from takeback.releases.tags import Tag, find_tag, release_problem
from takeback.releases.versions import Version


def check_release(version: str, whole: bool, unchecked: bool = False) -> Tag:
    """Check that `takeback release` made a release, that its gate passes, and that its bundle can be had and loads.

    Parameters
    ----------
    version
        The release.
    whole
        Whether every output must be there, or only the bundle that a service loads.
    unchecked
        Whether an emergency goes before everything but the bundle.

    Raises
    ------
    UserError
        If not; nothing has moved.
    """
    tag = _found(version)
    if not unchecked:
        _check_origin(tag)
    with dvc_repository(tag.commit) as repo, tempfile.TemporaryDirectory() as place:
        index = repo.index.data["repo"]
        missing = [path for path in unavailable(index) if whole or Path(path).is_relative_to(layout.RELEASE)]
        if missing:
            raise UserError(_lost(version, missing))
        copy_out(index, layout.RELEASE, Path(place))
        load_release(Path(place))
        if not unchecked:
            check_manifest(tag, read_manifest(Path(place) / MANIFEST))
    return tag


def check_made(version: str) -> Tag:
    """Check that `takeback release` made a release and that its gate passes, from Git alone.

    Raises
    ------
    UserError
        If not.
    """
    tag = _found(version)
    if problem := release_problem(tag):
        raise UserError(f"{tag.name} {problem}.")
    check_signature(tag)
    check_gate(tag)
    return tag


def _found(version: str) -> Tag:
    tag = find_tag(version) if Version.parse(version) else None
    if not tag:
        raise UserError(f"{version}: there is no such release. `git tag --list 'v*'` names them.")
    if tag.problem or not tag.annotated:
        raise UserError(f"{version} {release_problem(tag)}. Nothing has moved.")
    return tag


def _check_origin(tag: Tag) -> None:
    try:
        if problem := release_problem(tag):
            raise UserError(f"{tag.name} {problem}.")
        if LOCK not in tag.trailers:
            raise UserError(f"{tag.name} is of an earlier takeback, whose tags do not say their commit and lock.")
        check_signature(tag)
        check_gate(tag)
        check_lock(tag)
    except UserError as error:
        raise UserError(
            f"{error} Nothing has moved. To move it all the same: --unchecked --reason WHY, which stays visible."
        ) from None


def _lost(version: str, missing: list[str]) -> str:
    named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    bundle = any(Path(path).is_relative_to(layout.RELEASE) for path in missing)
    more = "" if bundle else " The bundle that a service loads is there: --bundle-only moves it all the same."
    return (
        f"{version}: neither the cache nor the remote has {named}. Nothing has moved. Whoever has it: `dvc push`; "
        f"or `git checkout {version}`, `dvc repro --force --no-run-cache` and `dvc push` make it anew.{more}"
    )
