"""Stage tags and the Git remote: everybody's truth."""

from takeback.common.errors import UserError
from takeback.release.stages import ARTIFACT, events, of_stage
from takeback.release.tags import ORIGIN, delete_tag, read_tags, tags_at_origin
from takeback.repository.git import git


def fetch_tags() -> set[str]:
    """Fetch the stage and release tags; return the names of all tags that the Git remote has.

    Raises
    ------
    UserError
        If the remote cannot be read, or a release tag here is not the one there.
    """
    theirs = tags_at_origin()
    for tag in read_tags("refs/tags/v*"):
        if theirs.get(tag.name, tag.object) != tag.object:
            raise UserError(
                f"{tag.name} here (by {tag.by}) and at {ORIGIN} are two tags. "
                f"If theirs is right: `git tag -d {tag.name}` and `git fetch --tags {ORIGIN}`."
            )
    every = [f"refs/tags/{pattern}" for pattern in ("v*", f"{ARTIFACT}@*", f"{ARTIFACT}#*")]
    git("fetch", "--quiet", ORIGIN, *(f"+{pattern}:{pattern}" for pattern in every))
    return set(theirs)


def drop_unshared(stage: str, shared: set[str]) -> None:
    """Remove a stage's tags that an interrupted run left here and nobody else has seen.

    Raises
    ------
    UserError
        If such a tag was made by hand or without a Git remote: a person decides.
    """
    for event in of_stage(events(), stage):
        if event.tag.name in shared:
            continue
        if event.tag.value("Remote") != ORIGIN:
            raise UserError(
                f"{event.tag.name} is here and not at {ORIGIN} (by {event.by}). "
                f"To share it: `git push {ORIGIN} '{event.tag.name}'`. To forget it: `git tag -d '{event.tag.name}'`."
            )
        delete_tag(event.tag.name)
