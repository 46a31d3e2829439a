"""What runs where, as a table."""

from collections.abc import Iterable, Sequence

from takeback.common.shown import line
from takeback.release.stages import Event, in_stage, of_stage


def current(history: Sequence[Event]) -> list[Event]:
    """Return for each stage the event that brought what runs there."""
    stages = sorted({event.stage for event in history})
    return [holds[-1] for stage in stages if (holds := in_stage(of_stage(history, stage)))]


def table(rows: Iterable[Event]) -> str:
    """Return events as a table: stage, version, since when, who, why."""
    cells = [("stage", "version", "since", "who", "why"), *map(_row, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines = [
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[4]]) for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _row(event: Event) -> tuple[str, ...]:
    version = event.version if event.came else f"{event.version} left"
    why = f"UNCHECKED: {event.reason}" if event.unchecked else event.reason
    return event.stage, version, event.tag.when, line(f"{event.tag.tagger} <{event.tag.email}>"), line(why)
