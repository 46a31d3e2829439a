"""How a comparison writes numbers, changes and settings: plain ASCII, the same in every format."""

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST = 44
MOST_ITEMS = 4
ABSENT = "-"


class Table(NamedTuple):
    """Cells as text; ``right`` is how many of the last columns hold numbers."""

    header: list[str]
    rows: list[list[str]]
    right: int = 0
    title: str = ""


class Section(NamedTuple):
    """One part of the comparison."""

    title: str
    lines: list[str]
    tables: list[Table]


def value(content: Any) -> str:
    """Write any setting: a list with its first items, a long text with its two ends."""
    if content is None:
        return ABSENT
    if isinstance(content, (list, tuple)):
        more = [f"... {len(content) - MOST_ITEMS} more"] if len(content) > MOST_ITEMS else []
        return shortened(f"[{', '.join([*map(str, content[:MOST_ITEMS]), *more])}]")
    return f"{content:.6g}" if isinstance(content, float) else shortened(str(content))


def shortened(text: str, longest: int = LONGEST) -> str:
    """Cut out the middle of a text that is too long."""
    text = " ".join(text.split())
    half = (longest - 5) // 2
    return text if len(text) <= longest else f"{text[:half]} ... {text[-half:]}"


def number(content: float | None, digits: int = 4) -> str:
    """Write a number."""
    return ABSENT if content is None else f"{content:.{digits}f}"


def signed(content: float | None, digits: int = 4) -> str:
    """Write a change with its sign; none at all is 0."""
    return ABSENT if content is None else f"{content:+.{digits}f}" if round(content, digits) else "0"


def moved(change: Mapping[str, Any], digits: int = 4) -> list[str]:
    """Write a change of a metric: before, after, change, 95% interval."""
    interval = change["interval"]
    ends = f"{interval[0]:+.{digits}f} to {interval[1]:+.{digits}f}" if interval else ABSENT
    ends = "0" if interval and not any(round(end, digits) for end in interval) else ends
    star = " *" if sure(change) else ""
    was, now = (number(change[key], digits) for key in ("before", "after"))
    return [was, now, signed(change["change"], digits) + star, ends]


def sure(change: Mapping[str, Any]) -> bool:
    """Say whether the interval of a change leaves out 0."""
    interval = change["interval"]
    return bool(interval) and (interval[0] > 0 or interval[1] < 0)


def people(count: int | None) -> str:
    """Write a count of people; one that is not shown is a dash, as a number that cannot be had."""
    return ABSENT if count is None else f"{count:,}"


def arrow(change: Mapping[str, Any]) -> str:
    """Write what was and what is, once if they are the same."""
    was, now = value(change["before"]), value(change["after"])
    return was if was == now else f"{was} -> {now}"


def plain(name: str) -> str:
    """Write an identifier as words."""
    return name.replace("_", " ")


def some(count: int | None, one: str, many: str | None = None) -> str:
    """Write a count with its noun."""
    return f"{people(count)} {one if count == 1 else many or one + 's'}"
