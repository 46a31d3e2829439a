"""What runs where, as a table."""

from collections.abc import Iterable, Sequence

from takeback.common.shown import line
from takeback.release.events import Event, in_environment, of_environment


def current(history: Sequence[Event]) -> list[Event]:
    """Return for each environment the event that brought what runs there."""
    names = sorted({event.environment for event in history})
    return [holds[-1] for name in names if (holds := in_environment(of_environment(history, name)))]


def table(rows: Iterable[Event]) -> str:
    """Return events as a table: environment, version, since when, who, why."""
    cells = [("environment", "version", "since", "who", "why"), *map(_row, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines = [
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[4]]) for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _row(event: Event) -> tuple[str, ...]:
    version = event.version if event.came else f"{event.version} left"
    marks = {
        "NOT FOLLOWED": not event.followed,
        "UNSIGNED": event.followed and event.distrust,
        "UNCHECKED": event.unchecked,
    }
    why = ": ".join([*(mark for mark, holds in marks.items() if holds), event.reason])
    return event.environment, version, event.tag.when, line(f"{event.tag.tagger} <{event.tag.email}>"), line(why)
