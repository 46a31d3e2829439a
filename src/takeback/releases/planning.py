"""What a release would be: its version, why, what stands against it; what Git itself says about one."""

from pathlib import Path
from typing import NamedTuple

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.config.params import PARAMS
from takeback.releases import release_checks
from takeback.releases.flips import flipped_since
from takeback.releases.provenance import doubt, latest
from takeback.releases.sharing import fetch_tags, lacking
from takeback.releases.tags import ORIGIN, Tag, find_tag, read_tags, releases
from takeback.releases.versions import BUMPS, BumpReason, ReleaseFacts, Version, reasons
from takeback.repository.git import HERE, commit_of, git
from takeback.repository.git_objects import Committed

FIRST = Version(1, 0, 0)


class ReleasePlan(NamedTuple):
    """A release to be: its version, why, what stands against it, and the tag if it is made, or even done, already."""

    version: Version
    previous: Tag | None
    proposed: Version
    changes: list[BumpReason]
    problems: list[str]
    made: Tag | None
    done: bool
    commit: str


def plan(asked: str | None, shared: bool) -> ReleasePlan:
    """Check everything and choose the version.

    Parameters
    ----------
    asked
        The version that the user wants, or None for the proposed one.
    shared
        Whether the Git remote takes part.

    Raises
    ------
    UserError
        If the commit is another release already, or the version asked for is none.
    """
    wanted, commit = _version(asked), commit_of("HEAD")
    problems = _fetched() if shared else []
    made = _made(asked)
    done = bool(made and (not shared or not (problems or lacking(made.name, made.object))))
    merged = releases("HEAD")
    earlier = {version: tag for version, tag in merged.items() if not made or tag.name != made.name}
    previous = latest(earlier)
    last = Version.parse(previous.name) if previous else None
    changes, broken = _changes(previous)
    proposed = last.raised(min((c.bump for c in changes), key=BUMPS.index)) if last and changes else FIRST
    version = (Version.parse(made.name) if made else wanted) or proposed
    problems += [*broken, *release_checks.problems(previous.name if previous else None)]
    if not made:
        problems += _taken(version, last)
    return ReleasePlan(version, previous, proposed, changes, problems, made, done, commit)


def _fetched() -> list[str]:
    """Fetch what others have released; say what stands in the way."""
    try:
        fetch_tags()
        git("fetch", "--quiet", "--no-prune", ORIGIN)
    except UserError as error:
        return [f"{error} Without the Git remote: --no-push."]
    return release_checks.behind_origin()


def _made(asked: str | None) -> Tag | None:
    """Return the tag that an earlier run left at this commit; the same command completes it."""
    here = commit_of("HEAD")
    found = [
        tag for tag in read_tags("refs/tags/v*") if tag.commit == here and tag.annotated and Version.parse(tag.name)
    ]
    problems = {tag.name: doubt(tag) for tag in found}
    made = [tag for tag in found if not problems[tag.name]]
    if found and not made:
        tag = found[-1]
        raise UserError(
            f"{tag.name} stands at this commit and {problems[tag.name]} ({tag.by}). "
            f"`takeback release` completes its own tags; `git tag -d {tag.name}` takes it back."
        )
    if made and asked not in (None, *(tag.name for tag in made)):
        raise UserError(
            f"this commit is a release already: {made[-1].name}, by {made[-1].by}. One commit is one release."
        )
    return next((tag for tag in made if tag.name == asked), made[-1] if made else None)


def _changes(previous: Tag | None) -> tuple[list[BumpReason], list[str]]:
    try:
        after = facts_of("HEAD")
        if not previous:
            return [], []
        return reasons(facts_of(previous.commit), after, flipped_since(previous.name)), []
    except UserError as error:
        return [], [f"what decides the version is not in Git ({error}): `dvc repro`, then commit"]


def _version(name: str | None) -> Version | None:
    version = Version.parse(name) if name else None
    if name and not version:
        raise UserError(f"{name}: is no version. Expected vMAJOR.MINOR.PATCH, such as v1.2.0.")
    return version


def _taken(version: Version, last: Version | None) -> list[str]:
    tag = find_tag(str(version))
    if tag and tag.problem:
        return [f"{version} is taken by a tag that {tag.problem}: say a free version, or `git tag -d {version}`"]
    if tag and tag.annotated:
        return [f"{version} is taken by another commit ({tag.by}): say a free version, `takeback release VERSION`"]
    if tag:
        return [f"{version} is a lightweight tag, which is no release: `git tag -d {version}`, also at {ORIGIN}"]
    if last and version <= last:
        return [f"{version} is not above the last release, {last}: say a higher one, `takeback release VERSION`"]
    return []


def facts_of(revision: str, folder: Path = HERE) -> ReleaseFacts:
    """Return what decides the version of a release at a revision."""
    files = Committed(commit_of(revision, folder), revision, folder)
    try:
        return ReleaseFacts(
            params={**files.yaml(PARAMS)},
            champion=str(files.json(layout.CHAMPION)["champion"]),
            features=tuple(map(str, files.json(layout.SELECTION)["selected"])),
            source_sha256=str(files.json(layout.DATA_METRICS)["source_sha256"]),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise UserError(f"{revision}: metrics/ is not what the pipeline writes ({error!r})") from None
