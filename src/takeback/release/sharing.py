"""Tags of moves and the Git remote: everybody's truth."""

from collections.abc import Set

from takeback.common.errors import UserError
from takeback.common.shown import warn_once
from takeback.release.events import ARTIFACT, MOVE, events, of_environment, registration
from takeback.release.tags import ORIGIN, Tag, delete_tag, find_tag, read_tags, tags_at_origin
from takeback.release.versions import Version
from takeback.repository.git import git

KEPT = "refs/takeback/overwritten"


def fetch_tags() -> set[str]:
    """Fetch the tags of releases and moves, and no other; return the names of all tags that the Git remote has.

    One that is another there than here is taken from there, and the one from here is kept and named.

    Raises
    ------
    UserError
        If the remote cannot be read, or a release tag here is not the one there.
    """
    theirs = tags_at_origin()
    for tag in read_tags("refs/tags/v*"):
        if Version.parse(tag.name) and theirs.get(tag.name, tag.object) != tag.object:
            raise UserError(
                f"{tag.name} here (by {tag.by}) and at {ORIGIN} are two tags. "
                f"If theirs is right: `git tag -d {tag.name}` and `git fetch --tags {ORIGIN}`."
            )
    mine = {tag.name: tag for pattern in ("v*", f"{ARTIFACT}[@#]*") for tag in read_tags(f"refs/tags/{pattern}")}
    here = {name: tag.object for name, tag in mine.items()}
    wanted = [name for name, its_object in theirs.items() if is_ours(name) and here.get(name) != its_object]
    moved = [mine[name] for name in wanted if name in mine]
    kept = [_keep(tag) for tag in moved]
    if wanted:
        git(
            *("fetch", "--quiet", "--no-prune", "--no-tags", "--stdin", ORIGIN),
            given="".join(f"+refs/tags/{name}:refs/tags/{name}\n" for name in wanted),
        )
    for tag, place in zip(moved, kept, strict=True):
        now = find_tag(tag.name)
        warn_once(
            f"history was overwritten at {ORIGIN}: {_described(tag)} is now {_described(now) if now else 'gone'}. "
            f"The old tag is kept: `git cat-file tag '{place}'`"
        )
    return set(theirs)


def is_ours(name: str) -> bool:
    """Say whether a tag's name is that of a release, of GTO's tag for one, or of a move."""
    return bool(Version.parse(name.removeprefix(registration(""))) or MOVE.fullmatch(name))


def overwritten() -> list[str]:
    """Return a line for each tag that was overwritten or removed at the Git remote and is kept here."""
    printed = git("for-each-ref", "--format=%(refname)", KEPT)
    return [
        f"{name.removeprefix(KEPT + '/')} is kept: `git cat-file tag '{name}'`" for name in printed.split("\n") if name
    ]


def _keep(tag: Tag) -> str:
    """Keep a tag's object under a name that nothing fetches over."""
    place = f"{KEPT}/{tag.name}/{tag.object[:12]}"
    git("update-ref", place, tag.object)
    return place


def _described(tag: Tag) -> str:
    return f"{tag.name} ({tag.value('Version') or tag.commit[:8]}, by {tag.by}: {tag.value('Reason') or tag.subject})"


def name_unshared(shared: Set[str]) -> None:
    """Name each move that is here and not at the Git remote: a run was interrupted, or somebody removed it there."""
    for event in events():
        if event.tag.name not in shared:
            warn_once(f"{_described(event.tag)} is not at {ORIGIN}: nobody else sees it, and the next move drops it")


def drop_unshared(environment: str, shared: Set[str]) -> None:
    """Remove an environment's tags that an interrupted run left here and nobody else has seen.

    Raises
    ------
    UserError
        If such a tag was made by hand or without a Git remote: a person decides.
    """
    for event in of_environment(events(), environment):
        if event.tag.name in shared:
            continue
        if event.tag.value("Remote") != ORIGIN:
            raise UserError(
                f"{event.tag.name} is here and not at {ORIGIN} (by {event.by}). "
                f"To share it: `git push {ORIGIN} '{event.tag.name}'`. To forget it: `git tag -d '{event.tag.name}'`."
            )
        warn_once(
            f"{_described(event.tag)} is not at {ORIGIN}: a run was interrupted, or somebody removed it there. "
            f"It no longer counts, and is kept: `git cat-file tag '{_keep(event.tag)}'`"
        )
        delete_tag(event.tag.name)
