"""What `takeback gc` would remove, and why."""

from dataclasses import dataclass
from pathlib import Path

from takeback.common.errors import UserError
from takeback.repository.garbage import refuse_if_unsafe, tags_only_at, unused_objects
from takeback.repository.git import git
from takeback.repository.leftovers import Leftover, leftovers, size_of

SHOWN = 10
KEPT = (
    "Kept: what the workspace, every tag, every local branch's head and every experiment need. No remote is touched.\n"
    "What only an older commit needs goes; `takeback verify COMMIT` rebuilds it."
)


@dataclass(frozen=True)
class Plan:
    """What goes and what stays."""

    objects: list[Path]
    leftovers: list[Leftover]
    text: str

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to remove."""
        return not self.objects and not self.leftovers


def gc_plan(top: Path) -> Plan:
    """Find what nothing needs.

    Raises
    ------
    UserError
        If it is not safe to say so now or in this clone.
    """
    refuse_if_unsafe(top)
    warnings = [] if "origin" not in git("remote", folder=top).splitlines() else _tags_missing(top)
    objects, found = unused_objects(top), leftovers(top)
    free = [leftover for leftover in found if not leftover.in_use]
    lines = [KEPT, *warnings]
    if objects:
        lines += [f"{_count(objects, 'cached object')} that nothing of these needs:", *_listed(objects, top)]
    lines += [f"{item.what}, {size_text([item.path])}: {item.path.relative_to(top)}" for item in free]
    lines += [f"left alone, {item.in_use}: {item.path.relative_to(top)}" for item in found if item.in_use]
    paths = [*objects, *(item.path for item in free)]
    lines.append(f"To remove: {size_text(paths)}." if paths else "Nothing to remove.")
    return Plan(objects, free, "\n".join(lines))


def size_text(paths: list[Path]) -> str:
    """Return the bytes of files and folders in a unit that people read."""
    size = float(sum(map(size_of, paths)))
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def _tags_missing(top: Path) -> list[str]:
    try:
        missing = tags_only_at("origin", top)
    except UserError as error:
        return [f"warning: origin can't be asked whether it has more tags: {error}"]
    if missing:
        raise UserError(f"origin has tags that are not here: {', '.join(missing)}. First `git fetch --tags`.")
    return []


def _count(paths: list[Path], noun: str) -> str:
    return f"{len(paths)} {noun}{'s' * (len(paths) != 1)}, {size_text(paths)},"


def _listed(paths: list[Path], top: Path) -> list[str]:
    lines = [f"  {path.relative_to(top)}" for path in paths[:SHOWN]]
    return lines + [f"  and {len(paths) - SHOWN} more"] * (len(paths) > SHOWN)
