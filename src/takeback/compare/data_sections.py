"""What changed in the data, and the decisions that flip, as lines and tables."""

from collections.abc import Mapping
from typing import Any

from takeback.compare.diff_words import ABSENT, Table, arrow, number, people, plain, some
from takeback.decisions.policy import DECISIONS

MOST_COLUMNS = 10
ROWS = ("before", "after", "added", "removed", "changed")
LIMITS = ((0.25, "large"), (0.1, "worth a look"))
SIZES = (
    "PSI (population stability index): below 0.1 is small, from 0.25 on a shift; bins are tenths of what was before."
)


def data(content: Mapping[str, Any]) -> tuple[list[str], list[Table]]:
    """Show rows, drift and bad rates, for everybody and for each group."""
    lines = [_source(content["source"]), f"Quarantined rows: {arrow(content['quarantined'])}."]
    lines += [
        f"Columns {way}: {', '.join(content['columns'][way])}."
        for way in ("added", "removed")
        if content["columns"][way]
    ]
    rows = content["rows"]
    if not any(rows[name] != 0 for name in ("added", "removed", "changed")):
        return [*lines, f"The same {rows['after']:,} applications, cell for cell."], []
    groups = [_group(*item) for item in content["groups"].items()]
    return [*lines, SIZES], [_everybody(content), *_columns(content), *groups]


def _source(source: Mapping[str, str | None]) -> str:
    was, now = (str(source[key])[:12] for key in ("before", "after"))
    return f"Source file: the same bytes (SHA-256 {now})." if was == now else f"Source file: SHA-256 {was} -> {now}."


def _everybody(content: Mapping[str, Any]) -> Table:
    rates = [_percent(content["bad_rate"][key]) for key in ("before", "after")]
    cells = [people(content["rows"][name]) for name in ROWS]
    return Table(["rows", *ROWS, "bad rate before", "after"], [["all", *cells, *rates]], 7)


def _columns(content: Mapping[str, Any]) -> list[Table]:
    drift, changed = content["drift"], content["columns"]["changed"]
    names = sorted({*drift, *changed}, key=lambda name: (-drift.get(name, 0), -(changed.get(name, 0) or 0), name))
    moved = [name for name in names if round(drift.get(name, 0), 4) or name in changed]
    rows = [
        [name, _size(drift.get(name)), people(changed.get(name, 0)), number(drift.get(name))]
        for name in moved[:MOST_COLUMNS]
    ]
    title = f"Columns that moved most ({len(moved)} moved)"
    return [Table(["column", "drift", "cells changed", "PSI"], rows, 2, title)] if rows else []


def _group(attribute: str, groups: Mapping[str, Any]) -> Table:
    rows = []
    for group, row in groups.items():
        worst = max(row["drift"], key=lambda name: row["drift"][name], default=None)
        most = f"{worst} {row['drift'][worst]:.3f}" if worst else "-"
        rates = [_percent(row["bad_rate"][key]) for key in ("before", "after")]
        rows.append([plain(group), *(people(row["rows"][name]) for name in ROWS), *rates, most])
    header = [plain(attribute), *ROWS, "bad rate before", "after", "largest PSI"]
    return Table(header, rows, 8, f"Rows by {plain(attribute)}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _size(index: float | None) -> str:
    return "-" if index is None else next((words for limit, words in LIMITS if index >= limit), "small")


FEW = "- where a number tells of a handful of people, or gives such a number away (docs/privacy.md)."
COUNTS = ["applicants", "flipped", "stricter", "milder", "share flipped"]


def decisions(content: Mapping[str, Any]) -> tuple[list[str], list[Table]]:
    """Show who flips: the 3x3 table, each group, each main reason, and some applicants by id."""
    lines = [f"{some(content['applicants'], 'applicant')} in both test parts; {people(content['flipped'])} flip."]
    if content["flipped"] == 0:
        return lines, []
    lines.append(FEW)
    if content["no_reasons"]:
        lines.append(f"Main reasons are not available: {content['no_reasons']}")
    tables = [_flow(content["table"]), *(_flips_of_group(*item) for item in content["groups"].items())]
    return lines, [*tables, *_reasons(content), *_examples(content["examples"])]


def _flow(table: Mapping[str, Mapping[str, int]]) -> Table:
    rows = [[f"before: {was}", *(people(table[was][now]) for now in DECISIONS)] for was in DECISIONS]
    return Table(["", *(f"after: {now}" for now in DECISIONS)], rows, 3, "From one decision to another")


def _flips_of_group(attribute: str, groups: Mapping[str, Mapping[str, int]]) -> Table:
    rows = []
    for group, counts in groups.items():
        share = ABSENT if counts["flipped"] is None else f"{counts['flipped'] / counts['applicants']:.1%}"
        rows.append([plain(group), *(people(counts[name]) for name in COUNTS[:-1]), share])
    return Table([plain(attribute), *COUNTS], rows, 5, f"By {plain(attribute)}")


def _reasons(content: Mapping[str, Any]) -> list[Table]:
    if content["reasons"] is None:
        return []
    rows = [[way, words, people(n)] for way, counts in content["reasons"].items() for words, n in counts.items()]
    title = "By main reason of the stricter of the two decisions"
    return [Table(["direction", "main reason", "applicants"], rows, 1, title)]


def _examples(examples: list[Mapping[str, Any]]) -> list[Table]:
    if not examples:
        return []
    header = ["id", "before", "after", "main reason", "PD before", "PD after"]
    rows = [
        [str(e["id"]), e["before"], e["after"], e["reason"] or ABSENT, number(e["pd_before"]), number(e["pd_after"])]
        for e in examples
    ]
    return [Table(header, rows, 2, "Applicants whose PD moved most, in each direction")]
