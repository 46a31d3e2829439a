"""What changed between two revisions that can move a metric, by step; steps that cannot be mixed become one."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.extras.blame.players import PLAYERS, changed_settings
from takeback.repository.git import commit_of, git
from takeback.repository.snapshot import Snapshot

SHARED_FILES = ("dvc.yaml", "requirements.lock")


@dataclass(frozen=True)
class Side:
    """One of the two revisions that are compared."""

    name: str
    commit: str
    folder: Path

    @cached_property
    def snapshot(self) -> Snapshot:
        """The files of the revision."""
        return Snapshot(self.commit, self.folder)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The content of params.yaml."""
        return self.snapshot.yaml("params.yaml")

    @property
    def source(self) -> str:
        """The path of the source file."""
        try:
            return self.settings["data"]["source"]
        except (KeyError, TypeError):
            raise UserError(f"{self.name}: params.yaml: data.source is not there; expected a release.") from None


@dataclass(frozen=True)
class Pair:
    """Two revisions, and for each step that changed what changed in it, in words."""

    before: Side
    after: Side
    changes: dict[str, list[str]]

    @property
    def players(self) -> tuple[str, ...]:
        """The steps that changed, in the order of `PLAYERS`."""
        return tuple(self.changes)

    @property
    def ends(self) -> dict[frozenset[str], Side]:
        """The two mixtures that are the revisions themselves; a mixture is the steps taken from ``after``."""
        return {frozenset(): self.before, frozenset(self.players): self.after}

    def side(self, player: str, mixture: frozenset[str]) -> Side:
        """Return the revision that a player's part of a mixture is taken from."""
        return self.after if player in mixture or player not in self.changes else self.before


def compare(before: str, after: str, folder: Path) -> Pair:
    """Find what changed between two revisions of the repository in ``folder``."""
    first, second = (Side(name, commit_of(name, folder), folder) for name in (before, after))
    found = changed_settings(first.settings, second.settings)
    if rows := _source_words(first.snapshot.bytes(first.source), second.snapshot.bytes(second.source)):
        found["data"] = [f"source file, {rows}", *found.get("data", [])]
    if files := _code_files(first, second):
        found["code"] = files
    return Pair(first, second, {player: found[player] for player in PLAYERS if player in found})


def _source_words(old: bytes, new: bytes) -> str | None:
    if old == new:
        return None
    lines = [Counter(content.splitlines()) for content in (old, new)]
    removed, added = (lines[0] - lines[1]).total(), (lines[1] - lines[0]).total()
    counts = {"changed": min(removed, added), "added": max(added - removed, 0), "removed": max(removed - added, 0)}
    return ", ".join(f"{count} rows {word}" for word, count in counts.items() if count) or "another order of rows"


def _code_files(before: Side, after: Side) -> list[str]:
    """Return the files that differ and that some stage of either revision depends on."""
    paths = sorted({*_code_of_stages(before), *_code_of_stages(after), *SHARED_FILES})
    listed = git("diff", "--name-only", "-z", before.commit, after.commit, "--", *paths, folder=before.folder)
    return [name for name in listed.split("\0") if name]


def _code_of_stages(side: Side) -> set[str]:
    stages = side.snapshot.yaml("dvc.yaml")["stages"].values()
    return {dep for stage in stages for dep in stage.get("deps", []) if str(dep).startswith("src/")}


Blocks = tuple[tuple[str, ...], ...]


def merged(players: tuple[str, ...], failed: Collection[frozenset[str]]) -> Blocks:
    """Merge as few players as possible so that no failed mixture is needed any more.

    Parameters
    ----------
    players
        The steps that changed, at most five: all 52 partitions are tried.
    failed
        The mixtures that cannot be run, each as the players taken from the second revision.

    Returns
    -------
    tuple
        The blocks of the partition with the most blocks in which every failed mixture tears a block apart.
    """
    fitting = [blocks for blocks in _partitions(players) if all(not is_union(mix, blocks) for mix in failed)]
    return max(fitting, key=len)


def is_union(mixture: frozenset[str], blocks: Blocks) -> bool:
    """Say whether a mixture takes every block whole or not at all."""
    return all(mixture.issuperset(block) or mixture.isdisjoint(block) for block in blocks)


def label(block: tuple[str, ...]) -> str:
    """Return the name of a merged player."""
    return "+".join(block)


def as_coalition(mixture: frozenset[str], blocks: Blocks) -> frozenset[str]:
    """Return a mixture as the names of the blocks that it takes."""
    return frozenset(label(block) for block in blocks if mixture.issuperset(block))


def _partitions(players: tuple[str, ...]) -> Iterator[Blocks]:
    if not players:
        yield ()
        return
    first, rest = players[0], players[1:]
    for blocks in _partitions(rest):
        yield ((first,), *blocks)
        for i, block in enumerate(blocks):
            yield ((first, *block), *blocks[:i], *blocks[i + 1 :])
