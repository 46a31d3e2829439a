"""Whose decision flips, in which direction, in which group, for what reason."""

from collections import Counter
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS

GROUP = "group_"
NO_REASON = "no single reason raises the PD"


def paired_decisions(before: pa.Table, after: pa.Table) -> pa.Table:
    """Return one row for each applicant in both scores tables.

    Columns: ``id``, ``before`` and ``after`` (positions in ``DECISIONS``), ``pd_before``, ``pd_after``, and
    ``group_NAME`` of each attribute, as it is after.
    """
    pairs = pair(before["id"], after["id"])
    was, now = before.take(pairs.before), after.take(pairs.after)
    groups = {name: now[name] for name in now.column_names if name.startswith(GROUP)}
    return pa.table(
        {
            "id": now["id"],
            "before": _positions(was),
            "after": _positions(now),
            "pd_before": was["pd"],
            "pd_after": now["pd"],
            **groups,
        }
    )


def flips(paired: pa.Table) -> pa.Table:
    """Return the rows whose decision differs."""
    return paired.filter(pa.array(paired["before"].to_numpy() != paired["after"].to_numpy()))


def decision_changes(paired: pa.Table, reasons: list[str] | None, examples: int) -> dict[str, Any]:
    """Count the flips.

    Parameters
    ----------
    paired
        As `paired_decisions` gives them.
    reasons
        The main reason of each row of `flips`: the first one of the stricter of its two decisions. None if not known.
    examples
        How many applicants to name in each direction, those whose PD changed most.

    Returns
    -------
    dict
        ``applicants`` in both, ``flipped``, ``stricter``, ``milder``; ``table`` (before, then after); ``directions``;
        the same counts for each of ``groups``; ``reasons`` (direction to counts) and ``examples``.
    """
    flipped = flips(paired)
    directions = _directions(flipped)
    return {
        **_counts(paired, np.ones(len(paired), bool)),
        "table": _table(paired),
        "directions": dict(sorted(Counter(directions).items())),
        "groups": {
            name.removeprefix(GROUP): _by_group(paired, name) for name in paired.column_names if name.startswith(GROUP)
        },
        "reasons": None if reasons is None else _by_reason(directions, reasons),
        "examples": _examples(flipped, directions, reasons, examples),
    }


def _positions(scores: pa.Table) -> Array:
    return np.array([DECISIONS.index(text) for text in scores["decision"].to_pylist()], dtype=np.int8)


def _directions(flipped: pa.Table) -> list[str]:
    sides = (flipped["before"].to_pylist(), flipped["after"].to_pylist())
    return [f"{DECISIONS[was]} -> {DECISIONS[now]}" for was, now in zip(*sides, strict=True)]


def _counts(paired: pa.Table, rows: Array) -> dict[str, int]:
    step = (paired["after"].to_numpy() - paired["before"].to_numpy())[rows]
    result = {"applicants": len(step), "flipped": step != 0, "stricter": step > 0, "milder": step < 0}
    return {name: int(np.sum(values)) for name, values in result.items()}


def _table(paired: pa.Table) -> dict[str, dict[str, int]]:
    cells = np.zeros((len(DECISIONS), len(DECISIONS)), dtype=int)
    np.add.at(cells, (paired["before"].to_numpy(), paired["after"].to_numpy()), 1)
    return {was: dict(zip(DECISIONS, map(int, row), strict=True)) for was, row in zip(DECISIONS, cells, strict=True)}


def _by_group(paired: pa.Table, name: str) -> dict[str, dict[str, int]]:
    members = np.array(paired[name].to_pylist(), dtype=object)
    return {group: _counts(paired, members == group) for group in sorted({*members})}


def _by_reason(directions: list[str], reasons: list[str]) -> dict[str, dict[str, int]]:
    """Count the reasons in each direction, the most frequent first."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in sorted({*directions})}
    for direction, reason in zip(directions, reasons, strict=True):
        counts[direction][reason] += 1
    return {name: dict(sorted(c.items(), key=lambda item: (-item[1], item[0]))) for name, c in counts.items()}


def _examples(flipped: pa.Table, directions: list[str], reasons: list[str] | None, most: int) -> list[dict[str, Any]]:
    rows = [
        {**row, "before": DECISIONS[row["before"]], "after": DECISIONS[row["after"]], "reason": reason}
        for row, reason in zip(flipped.to_pylist(), cycle([None]) if reasons is None else reasons, strict=False)
    ]
    chosen = []
    for name in sorted({*directions}):
        some = [row for row, direction in zip(rows, directions, strict=True) if direction == name]
        chosen += sorted(some, key=lambda row: (-abs(row["pd_after"] - row["pd_before"]), row["id"]))[:most]
    return chosen


class Pairs(NamedTuple):
    """Positions of rows: of those in both tables, one of each in the same place; and of those in one table only."""

    before: Array
    after: Array
    removed: Array
    added: Array


def pair(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Pairs:
    """Find each applicant of one table in another by the id."""
    found = pc.fill_null(pc.index_in(after, value_set=before), -1).to_numpy()
    both = np.flatnonzero(found >= 0)
    removed = np.setdiff1d(np.arange(len(before)), found[both])
    return Pairs(found[both], both, removed, np.flatnonzero(found < 0))
