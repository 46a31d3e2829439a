"""Which release runs where: GTO's stage tags, such as credit#prod#3, as events.

Tags and what they mean are GTO's (`gto show credit` agrees, a test). Each stage counts its own tags, so that two people
who move the same stage make the same name, and the Git remote takes only one of them.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from takeback.release.tags import Tag, read_tags, releases
from takeback.repository.git import HERE

ARTIFACT = "credit"  # as in dvc.yaml
STAGE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?")  # GTO's names, without the slash
_TAG = re.compile(rf"{ARTIFACT}#(?P<stage>{STAGE.pattern})(?P<left>!?)#(?P<number>[0-9]+)")


class Event(NamedTuple):
    """A release came to a stage or left it."""

    stage: str
    number: int
    version: str
    came: bool
    tag: Tag

    @property
    def reason(self) -> str:
        """Say why; of a tag made by `gto assign`, its message."""
        return self.tag.value("Reason") or self.tag.subject

    @property
    def by(self) -> str:
        """Say who moved it, when and why."""
        return f"{self.tag.by}: {self.reason}"


def events(folder: Path = HERE) -> list[Event]:
    """Return every event, in order within each stage."""
    versions = _versions(folder)
    found = [_event(tag, versions) for tag in read_tags(f"refs/tags/{ARTIFACT}#*", folder=folder) if tag.annotated]
    return sorted(filter(None, found), key=lambda event: (event.stage, event.number))


def in_stage(history: Iterable[Event]) -> list[Event]:
    """Return what one stage holds: the release that runs last, below it those that it would go back to.

    A release that comes again drops all that came above it, so nobody goes back to what was rolled back from.
    """
    stack: list[Event] = []
    for event in history:
        versions = [earlier.version for earlier in stack]
        if event.version in versions:
            stack = stack[: versions.index(event.version)]
        if event.came:
            stack.append(event)
    return stack


def of_stage(history: Iterable[Event], stage: str) -> list[Event]:
    """Return the events of one stage."""
    return [event for event in history if event.stage == stage]


def _event(tag: Tag, versions: Mapping[str, str]) -> Event | None:
    match = _TAG.fullmatch(tag.name)
    if not match:
        return None
    version = versions.get(tag.commit) or tag.value("Version") or tag.commit[:8]
    return Event(match["stage"], int(match["number"]), version, not match["left"], tag)


def _versions(folder: Path) -> dict[str, str]:
    """Return the version of each commit: by GTO's tags, such as credit@v1.0.0, and above them by the release tags."""
    registered = {tag.commit: tag.name for tag in read_tags(f"refs/tags/{ARTIFACT}@v*", folder=folder)}
    names = {commit: name.removeprefix(f"{ARTIFACT}@") for commit, name in registered.items()}
    return {**names, **{tag.commit: tag.name for tag in releases(folder=folder).values()}}
