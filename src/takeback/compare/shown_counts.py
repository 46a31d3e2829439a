"""What a comparison may show: counts of fewer than ``least`` people, and those that give one away, are None."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from takeback.common.disclosure import few, hidden_groups, hidden_pairs, masked
from takeback.decisions.policy import DECISIONS

FLIPS = ("flipped", "stricter", "milder")
MOVES = ("added", "removed", "changed")


def of_decisions(content: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Hide in a result of `takeback.compare.decision_changes.decision_changes`; applicants that were asked for stay."""
    table = _table(content["table"], least)
    directions = {name: table[name.split(" -> ")[0]][name.split(" -> ")[1]] for name in content["directions"]}
    reasons = content["reasons"]
    return {
        **content,
        **_flips({"": content}, least)[""],
        "table": table,
        "directions": directions,
        "groups": {name: _flips(groups, least) for name, groups in content["groups"].items()},
        "reasons": reasons and {way: _reasons(of, directions[way], least) for way, of in reasons.items()},
    }


def of_data(content: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Hide in a result of `takeback.compare.data_changes.data_changes`."""
    columns, rows = content["columns"], content["rows"]
    return {
        **content,
        "rows": {name: None if few(n, least) else n for name, n in rows.items()},
        "columns": {**columns, "changed": {n: None if few(of, least) else of for n, of in columns["changed"].items()}},
        "groups": {name: _rows(groups, least) for name, groups in content["groups"].items()},
    }


def of_fairness(content: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Hide the groups of a revision whose metrics were written before anything was hidden."""
    result = {}
    for attribute, audit in content.items():
        groups = {
            name: {key: dict.fromkeys(of) for key, of in row.items()} if _small(row["count"], least) else row
            for name, row in audit["groups"].items()
        }
        small = any(groups[name] is not row for name, row in audit["groups"].items())
        result[attribute] = {**audit, "groups": groups, "gap": dict.fromkeys(audit["gap"]) if small else audit["gap"]}
    return result


def _small(count: Mapping[str, int | None], least: int) -> bool:
    return any(n is not None and few(n, least) for n in count.values())


def _table(table: Mapping[str, Mapping[str, int]], least: int) -> dict[str, dict[str, int | None]]:
    """Hide in the table of decisions before and after, whose sums by row, by column and by direction are known."""
    counts = np.array([[table[was][now] for now in DECISIONS] for was in DECISIONS])
    shown = np.zeros(len(DECISIONS), dtype=bool)
    hidden = hidden_pairs(counts, least, shown, shown)
    for side in (np.triu_indices(len(DECISIONS), 1), np.tril_indices(len(DECISIONS), -1)):
        hidden[side] |= hidden_groups(counts[side], least)
    secret = hidden & (counts > 0)
    return {
        was: {now: None if secret[i, j] else table[was][now] for j, now in enumerate(DECISIONS)}
        for i, was in enumerate(DECISIONS)
    }


def _flips(groups: Mapping[str, Mapping[str, Any]], least: int) -> dict[str, dict[str, Any]]:
    """Hide in counts of groups that together are everybody: who they are, and whose decision flips which way."""
    people, flipped, stricter, milder = (np.array([of[n] for of in groups.values()]) for n in ("applicants", *FLIPS))
    gone = hidden_groups(people, least)
    secret = hidden_groups(np.column_stack([stricter, milder, people - flipped]), least, gone)
    return {
        group: {
            "applicants": None if gone[i] else of["applicants"],
            **{name: None if secret[i] else of[name] for name in FLIPS},
        }
        for i, (group, of) in enumerate(groups.items())
    }


def _reasons(counts: Mapping[str, int], direction: int | None, least: int) -> dict[str, int | None]:
    return dict.fromkeys(counts) if direction is None else masked(counts, least)


def _rows(groups: Mapping[str, Mapping[str, Any]], least: int) -> dict[str, dict[str, Any]]:
    shown = {
        name: masked({group: of["rows"][name] for group, of in groups.items()}, least)
        for name in ("before", "after", *MOVES)
    }
    result = {}
    for group, of in groups.items():
        rows = {name: counts[group] for name, counts in shown.items()}
        known = rows["before"] is not None and rows["after"] is not None
        rates = {side: rate if rows[side] is not None else None for side, rate in of["bad_rate"].items()}
        result[group] = {"rows": rows, "bad_rate": rates, "drift": of["drift"] if known else {}}
    return result
