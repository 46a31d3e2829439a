"""Which release runs where: tags of moves, such as credit#prod#3, as events and as a table.

Tags and what they mean are GTO's, which calls an environment a stage (`gto show credit` agrees, a test). Each
environment counts its own tags, so that two people who move the same one make the same name, and the Git remote takes
only one of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.shown import line, warn_once
from takeback.common.text_tables import text_table
from takeback.releases.signing import required, signature_problem
from takeback.releases.tags import Tag, create_tag, find_tag, read_tags, releases
from takeback.releases.versions import Version
from takeback.repository.git import HERE

ARTIFACT = "credit"  # as in dvc.yaml
ENVIRONMENT = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?")  # GTO's names, without the slash
MOVE = re.compile(rf"{ARTIFACT}#(?P<environment>{ENVIRONMENT.pattern})(?P<left>!?)#(?P<number>[0-9]{{1,6}})")
LAST = 999_999  # of an environment's moves
LATEST = 4_102_444_800  # the year 2100: GTO orders by time, and what comes after that could have no date
UNCHECKED = "Unchecked"
STAGE = "Stage"  # the trailer that says the environment; in tags since the first


class Event(NamedTuple):
    """A release came to an environment or left it; what speaks against its signature, and whether it counts."""

    environment: str
    number: int
    version: str
    came: bool
    tag: Tag
    released: bool = True
    distrust: str | None = None
    followed: bool = True

    @property
    def reason(self) -> str:
        """Say why; of a tag made by `gto assign`, its message."""
        return self.tag.value("Reason") or self.tag.subject

    @property
    def unchecked(self) -> bool:
        """Say whether nobody asked what it is: in an emergency, or by a tag that `takeback` did not make."""
        return not self.released or UNCHECKED in self.tag.trailers or "Action" not in self.tag.trailers

    @property
    def by(self) -> str:
        """Say who moved it, when and why."""
        return f"{self.tag.by}: {self.reason}"


def events(folder: Path = HERE) -> list[Event]:
    """Return every event, in order within each environment. A tag that tells of none is named and left out."""
    known, registered = releases(folder=folder), _registered(folder)
    commits = {str(version): tag.commit for version, tag in known.items()}
    found = []
    for tag in read_tags(f"refs/tags/{ARTIFACT}#*", folder=folder):
        if not tag.annotated:
            continue
        if not (match := MOVE.fullmatch(tag.name)):
            warn_once(f"tag {tag.name} has no name of a move, such as {ARTIFACT}#prod#1. It is left out")
            continue
        if problem := tag.problem or _problem(tag, match["environment"], commits):
            warn_once(f"tag {tag.name} {problem}. It is left out")
            continue
        version = tag.value("Version") or registered.get(tag.commit) or tag.commit[:8]
        found.append(
            Event(match["environment"], int(match["number"]), version, not match["left"], tag, version in commits)
        )
    found = sorted(found, key=lambda event: (event.environment, event.number))
    return _with_trust(found, folder) if found and required(folder) else found


def in_environment(history: Iterable[Event]) -> list[Event]:
    """Return what one environment holds: the release that runs last, below it those that it would go back to.

    A release that comes again drops all that came above it, so nobody goes back to what was rolled back from.
    """
    stack: list[Event] = []
    for event in filter(lambda event: event.followed, history):
        versions = [earlier.version for earlier in stack]
        if event.version in versions:
            stack = stack[: versions.index(event.version)]
        if event.came:
            stack.append(event)
    return stack


def of_environment(history: Iterable[Event], environment: str) -> list[Event]:
    """Return the events of one environment."""
    return [event for event in history if event.environment == environment]


def current(history: Sequence[Event]) -> list[Event]:
    """Return for each environment the event that brought what runs there."""
    names = sorted({event.environment for event in history})
    return [holds[-1] for name in names if (holds := in_environment(of_environment(history, name)))]


def table(rows: Iterable[Event]) -> str:
    """Return events as a table: environment, version, since when, who, why."""
    return text_table(("environment", "version", "since", "who", "why"), map(_row, rows))


def unchecked(history: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events by which somebody brought a version without the checks, by version."""
    found: dict[str, list[Event]] = {}
    for event in history:
        if event.unchecked and event.came:
            found.setdefault(event.version, []).append(event)
    return found


def told(folder: Path = HERE) -> dict[Version, tuple[Tag, list[Event]]]:
    """Return every release, and what ran somewhere unchecked without being one, with the events that say so."""
    forced = unchecked(events(folder))
    found = releases(folder=folder)
    for name in forced:
        version, tag = Version.parse(name), find_tag(name, folder)
        if version and tag and tag.annotated and not tag.problem:
            found[version] = tag
    return {version: (tag, forced.get(tag.name, [])) for version, tag in sorted(found.items())}


def register(release: Tag) -> str | None:
    """Let GTO know a release; return the name of the tag if there was none.

    Everybody who does so makes the same object: the release's own who and when, and no signature.
    """
    name = registration(release.name)
    if there := find_tag(name):
        if there.commit != release.commit:
            raise UserError(
                f"{name} is on another commit than {release.name}: GTO would show that one. Remove it first."
            )
        return None
    made = {
        "GIT_COMMITTER_NAME": release.tagger,
        "GIT_COMMITTER_EMAIL": release.email,
        "GIT_COMMITTER_DATE": release.date,
    }
    create_tag(name, release.commit, f"Release {release.name}\n", sign=False, as_made=made)
    return name


def registration(version: str) -> str:
    """Return the name of GTO's tag for a release."""
    return f"{ARTIFACT}@{version}"


def _with_trust(history: Iterable[Event], folder: Path) -> list[Event]:
    """Say of each event whether its signature counts. An unsigned one does only if no signed one came before it.

    So what moved before signatures were required still runs, and who can push a tag alone moves nothing.
    """
    found, signed = [], set[str]()
    for event in history:
        distrust = signature_problem(event.tag, folder)
        followed = not distrust or not (event.tag.signed or event.environment in signed)
        if not followed:
            warn_once(f"tag {event.tag.name} is {distrust} (by {event.by}). It is not followed")
        if not distrust:
            signed.add(event.environment)
        found.append(event._replace(distrust=distrust, followed=followed))
    return found


def _problem(tag: Tag, environment: str, commits: Mapping[str, str]) -> str | None:
    """Say what is wrong with the trailers of the tag of a move; GTO's own tags have none."""
    versions = tag.trailers.get("Version", [])
    if len(versions) > 1 or any(not Version.parse(version) for version in versions):
        return f"names no version: {', '.join(versions)[:80]}"
    if int(tag.date.partition(" ")[0]) >= LATEST:
        return f"is dated {tag.when[:10]}; GTO takes it for the latest"
    if tag.value(STAGE) not in (None, environment):
        return f"was made for the environment {tag.value(STAGE)}"
    if any(commits.get(version, tag.commit) != tag.commit for version in versions):
        return f"says {versions[0]} and is on another commit"
    return None


def _registered(folder: Path) -> dict[str, str]:
    """Return the version of each commit as GTO sees it, else the release's: GTO's own tags say none."""
    tags = read_tags(f"refs/tags/{ARTIFACT}@v*", folder=folder)
    by_gto = {tag.commit: tag.name.removeprefix(f"{ARTIFACT}@") for tag in tags if tag.annotated and not tag.problem}
    return {**{tag.commit: tag.name for tag in releases(folder=folder).values()}, **by_gto}


def _row(event: Event) -> tuple[str, ...]:
    version = event.version if event.came else f"{event.version} left"
    marks = {
        "NOT FOLLOWED": not event.followed,
        "UNSIGNED": event.followed and event.distrust,
        "UNCHECKED": event.unchecked,
    }
    why = ": ".join([*(mark for mark, holds in marks.items() if holds), event.reason])
    return event.environment, version, event.tag.when, line(f"{event.tag.tagger} <{event.tag.email}>"), line(why)
