"""The trend for a terminal and for another program."""

from collections.abc import Sequence
from typing import Any

from takeback.common.shown import json_text, line
from takeback.compare import diff_formats
from takeback.compare.diff_words import Section, Table, number, plain, value
from takeback.releases.trend_reading import MEASURES, SMALLEST

SCHEMA = 1
NONE = (
    "There is no release yet: no annotated tag such as v1.0.0. `takeback release` makes one; "
    "`git fetch --tags` brings those of others."
)
LEVELS = "▁▂▃▄▅▆▇█"
Rows = Sequence[dict[str, Any]]


def as_json(rows: Rows) -> str:
    """Write for another program; docs/report.md explains the keys."""
    return json_text({"schema_version": SCHEMA, "releases": rows})


def as_text(rows: Rows) -> str:
    """Write a table with a line per release, and one that draws each measure."""
    if not rows:
        return f"{NONE}\n"
    cells = table(rows)
    if len(rows) > 1:
        drawn = [sparkline([row["measures"][name]["value"] for row in rows]) for name in MEASURES]
        cells.rows.append(["trend", *[""] * (len(cells.header) - 1 - len(drawn)), *drawn])
    return diff_formats.as_text([Section(title(rows), [*planted(rows), *forced(rows)], [cells])])


def title(rows: Rows) -> str:
    """Say how many releases there are."""
    return f"{len(rows)} {'release' if len(rows) == 1 else 'releases'}"


def planted(rows: Rows) -> list[str]:
    """Say which releases learned from data with a planted scenario."""
    return [line(f"{row['release']}: {row['scenario']}.") for row in rows if row["scenario"]]


def forced(rows: Rows) -> list[str]:
    """Return a line for each time a release was put somewhere without the checks."""
    return [line(f"{row['release']}: {said}.") for row in rows for said in row["unchecked"]]


def table(rows: Rows) -> Table:
    """Return a line per release: who decides, the gate's verdict, the group with the lowest ratio, the measures."""
    header = ["release", "date", "champion", "gate", "lowest ratio of", *(m.words for m in MEASURES.values())]
    lines = []
    for row in rows:
        group = row["measures"][SMALLEST]["group"]
        known = [row["release"], row["date"], value(row["champion"]), value(row["verdict"])]
        numbers = [written(name, row["measures"][name]["value"]) for name in MEASURES]
        lines.append([*known, value(group and plain(group.replace(".", ": ", 1))), *numbers])
    return Table(header, lines, len(MEASURES))


def written(name: str, content: float | None) -> str:
    """Write a measure: a share as a percentage, what a release did not write as a dash."""
    if content is None or not MEASURES[name].share:
        return number(content)
    return f"{100 * content:.1f}%"


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as blocks from the lowest to the highest of them; a space where there is none."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, width = min(known), max(known) - min(known)
    steps = len(LEVELS) - 1
    return "".join(" " if v is None else LEVELS[round(steps * (v - low) / width) if width else 0] for v in values)
