"""The decisions that flip, as lines and tables."""

from collections.abc import Mapping
from typing import Any

from takeback.decisions.policy import DECISIONS
from takeback.difference.words import ABSENT, Table, number, people, plain, some

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
    tables = [_flow(content["table"]), *(_group(*item) for item in content["groups"].items())]
    return lines, [*tables, *_reasons(content), *_examples(content["examples"])]


def _flow(table: Mapping[str, Mapping[str, int]]) -> Table:
    rows = [[f"before: {was}", *(people(table[was][now]) for now in DECISIONS)] for was in DECISIONS]
    return Table(["", *(f"after: {now}" for now in DECISIONS)], rows, 3, "From one decision to another")


def _group(attribute: str, groups: Mapping[str, Mapping[str, int]]) -> Table:
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
