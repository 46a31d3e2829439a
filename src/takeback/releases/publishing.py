"""Making a release: first every check, then the data, then the tag, then all of it to the Git remote at once."""

import platform
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.decisions.manifest import MANIFEST, read_manifest
from takeback.releases.environment_tags import register, registration
from takeback.releases.message import TagMessage, tag_message
from takeback.releases.planning import ReleasePlan
from takeback.releases.sharing import PartlyPushedError, objects_at, push, push_others, push_urls, shown
from takeback.releases.signing import wanted
from takeback.releases.storage import push_objects
from takeback.releases.tags import ORIGIN, Tag, create_tag, delete_tag, find_tag
from takeback.repository.git import commit_of, git
from takeback.repository.git_objects import Committed
from takeback.repository.objects import Stored
from takeback.repository.repairs import check_text


def message_of(planned: ReleasePlan) -> str:
    """Return the message of the tag, which an interrupted run may have made."""
    if planned.made:
        return planned.made.message
    previous, commit = planned.previous, planned.commit
    between = f"{previous.commit}..{commit}" if previous else commit
    return tag_message(
        TagMessage(
            version=str(planned.version),
            commit=commit,
            lock_sha256=sha256(Committed(commit, "HEAD").bytes(Path("dvc.lock"))).hexdigest(),
            previous=previous.name if previous else None,
            manifest=read_manifest(layout.RELEASE / MANIFEST),
            gate=read_json(layout.GATE),
            python=platform.python_version(),
            changes=planned.changes,
            commits=git("log", "--no-merges", "--abbrev=8", "--format=%h %s", between).splitlines(),
        )
    )


def publish(planned: ReleasePlan, sign: bool, shared: bool, tell: Callable[[str], object]) -> list[Stored]:
    """Push the data, make the tag and push it; return the objects. Killed at any point, the same command completes it.

    Raises
    ------
    UserError
        If something is in the way. Then there is no tag.
    """
    objects = push_objects(tell)
    if any(stored.remote in ("missing", "corrupt") for stored in objects):
        raise UserError(f"not released, the DVC remote is not sound:\n{check_text(objects)}\nThen run this again.")
    name = str(planned.version)
    if not planned.made:
        message = message_of(planned)
        if (now := commit_of("HEAD")) != planned.commit:
            raise UserError(
                f"not released, HEAD moved from {planned.commit[:8]} to {now[:8]} meanwhile. Run this again."
            )
        create_tag(name, planned.commit, message, sign=sign or wanted())
    tag = find_tag(name)
    assert tag
    registered = register(tag)
    if shared:
        _push(tag, registered)
    return objects


def _asked(url: str, otherwise: str) -> dict[str, str]:
    try:
        return objects_at(url)
    except UserError:
        raise UserError(f"{otherwise}. The same command completes it when {shown(url)} can be reached.") from None


def _push_others(name: str, names: list[str]) -> None:
    try:
        push_others(*names)
    except PartlyPushedError as error:
        raise UserError(f"{name} is not everywhere yet: {error}") from None


def _push(tag: Tag, registered: str | None) -> None:
    name = tag.name
    branch = git("branch", "--show-current")  # none with a detached HEAD; then the tag alone holds the commit
    tags = [f"refs/tags/{name}", f"refs/tags/{registration(name)}"]
    names = [*([f"{tag.commit}:refs/heads/{branch}"] if branch else []), *tags]
    try:
        push(*names)
    except PartlyPushedError as error:
        raise UserError(f"{name} is not everywhere yet: {error}") from None
    except UserError as error:
        url = push_urls()[0]
        theirs = _asked(url, f"{name} is tagged here and not shared yet ({error})")
        if theirs.get(name) == tag.object:
            return _push_others(name, names)
        for made in filter(None, (name, registered)):
            delete_tag(made)
        if name not in theirs:
            raise UserError(f"not released, {name} is taken back: {error}") from None
        git("fetch", "--quiet", url, f"refs/tags/{name}:refs/tags/{name}")
        winner = find_tag(name)
        raise UserError(
            f"not released: {name} came to {ORIGIN} meanwhile, by {winner and winner.by}. Yours is taken back. "
            "`git pull --rebase`, `dvc repro`, commit, and `takeback release` proposes the next version."
        ) from None
