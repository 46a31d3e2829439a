"""What two parsed dvc.lock files say about the same stages. Pure: knows no files, no DVC."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

Lock = Mapping[str, Any]
SHORT = 8


@dataclass(frozen=True)
class Row:
    """One output or dependency of a stage, as two locks record it; None where a lock has no such entry."""

    stage: str
    path: str
    expected: str | None
    found: str | None

    @property
    def identical(self) -> bool:
        """Say whether both locks record the same bytes."""
        return self.expected == self.found


def identity(entry: Mapping[str, Any]) -> str:
    """Return what an entry of a lock says about the bytes: hash, size and number of files."""
    digest = str(entry.get(entry.get("hash", "md5"), entry.get("md5", "no hash")))
    files = f", {entry['nfiles']} files" if "nfiles" in entry else ""
    return f"{digest}, {entry.get('size', '?')} bytes{files}"


def entries(lock: Lock, stage: str, part: str) -> dict[str, str]:
    """Return path and identity of a stage's ``outs`` or ``deps``."""
    return {entry["path"]: identity(entry) for entry in lock["stages"].get(stage, {}).get(part, ())}


def compare_locks(expected: Lock, found: Lock, part: str = "outs") -> list[Row]:
    """Compare every output (or with ``part="deps"`` every dependency) of two parsed locks.

    Returns
    -------
    list of Row
        In the order of the expected lock; what only the other one has comes after its stage's rows.
    """
    rows = []
    for stage in dict.fromkeys([*expected["stages"], *found["stages"]]):
        left, right = entries(expected, stage, part), entries(found, stage, part)
        rows += [Row(stage, path, left.get(path), right.get(path)) for path in dict.fromkeys([*left, *right])]
    return rows


def overlap(one: str, other: str) -> bool:
    """Say whether two paths are the same or one lies inside the other."""
    left, right = PurePosixPath(one), PurePosixPath(other)
    return left.is_relative_to(right) or right.is_relative_to(left)


def unexplained(outs: list[Row], deps: list[Row]) -> list[Row]:
    """Return the dependencies that differ although no output that they are made of does: edited by hand."""
    changed = [row.path for row in outs if not row.identical]
    return [row for row in deps if not row.identical and not any(overlap(row.path, path) for path in changed)]


def first_to_differ(outs: list[Row], deps: list[Row]) -> list[str]:
    """Return the stages whose outputs differ although their dependencies do not: where it began."""
    reached = {row.stage for row in deps if not row.identical}
    return list(dict.fromkeys(row.stage for row in outs if not row.identical and row.stage not in reached))


def difference(row: Row, left: str, right: str) -> str:
    """Say in a few words how a row's two sides differ."""
    if row.expected is None or row.found is None:
        return f"only {left} has it" if row.found is None else f"only {right} has it"
    same_hash = row.expected[:SHORT] == row.found[:SHORT]
    end = None if same_hash else SHORT
    return f"{left} {row.expected[:end]}, {right} {row.found[:end]}"
