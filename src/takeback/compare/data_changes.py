"""What changed in the data, for everybody and within each protected group."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.compare.decision_changes import Pairs, pair
from takeback.compare.drift import drift
from takeback.data.expressions import Array


class Applications(NamedTuple):
    """A table of applications, its id column, the data metrics, and each row's group of each protected attribute."""

    table: pa.Table
    id: str
    metrics: dict[str, Any]
    groups: dict[str, Array]


def data_changes(before: Applications, after: Applications) -> dict[str, Any]:
    """Compare the applications of two revisions, paired by the applicant's id.

    Returns
    -------
    dict
        ``source`` (its SHA-256), ``quarantined`` and ``bad_rate`` before and after; ``rows``; ``columns`` added,
        removed, and changed (rows of each); ``drift`` of each column; and ``groups``, for each protected attribute and
        group its rows, bad rate and drift. Who changed the group counts where they are now.
    """
    pairs = pair(before.table[before.id], after.table[after.id])
    names = [n for n in before.table.column_names if n in after.table.column_names and n not in (before.id, after.id)]
    cells = changed_cells(before.table.select(names).take(pairs.before), after.table.select(names).take(pairs.after))
    touched = np.any([*cells.values()], axis=0) if cells else np.zeros(len(pairs.after), bool)
    shared = [name for name in names if name != "bad"]
    sides = before.table.select(shared), after.table.select(shared)
    moved = bool(touched.any() or len(pairs.added) or len(pairs.removed))
    return {
        "source": _both(before, after, "source_sha256"),
        "quarantined": {key: side.metrics["rows"]["quarantined"] for key, side in _sides(before, after)},
        "bad_rate": _both(before, after, "bad_rate"),
        "rows": _rows(pairs, touched, np.ones(len(before.table), bool), np.ones(len(after.table), bool)),
        "columns": {
            "added": [n for n in after.table.column_names if n not in before.table.column_names],
            "removed": [n for n in before.table.column_names if n not in after.table.column_names],
            "changed": {name: int(rows.sum()) for name, rows in cells.items() if rows.any()},
        },
        "drift": drift(*sides).get("", {}) if moved else {},
        "groups": {
            name: _by_group(name, (before, after), pairs, touched, sides if moved else None)
            for name in before.groups
            if name in after.groups
        },
    }


def changed_cells(before: pa.Table, after: pa.Table) -> dict[str, Array]:
    """Return for each column in which rows the two tables differ; missing and missing are the same."""
    return {name: _differs(before[name], after[name]) for name in before.column_names}


def _differs(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Array:
    if before.type != after.type:
        before, after = before.cast(pa.string()), after.cast(pa.string())
    absent = [pc.is_null(side, nan_is_null=True) for side in (before, after)]
    other = pc.fill_null(pc.not_equal(before, after), False)
    return pc.and_not(pc.or_(other, pc.xor(*absent)), pc.and_(*absent)).to_numpy()


def _by_group(
    name: str,
    sides: tuple[Applications, Applications],
    pairs: Pairs,
    touched: Array,
    tables: tuple[pa.Table, pa.Table] | None,
) -> dict[str, Any]:
    before, after = (side.groups[name] for side in sides)
    moved = drift(*tables, (before, after)) if tables else {}
    rates = [side.metrics["groups"].get(name, {}) for side in sides]
    return {
        str(group): {
            "rows": _rows(pairs, touched, before == group, after == group),
            "bad_rate": {k: r.get(group, {}).get("bad_rate") for k, r in zip(("before", "after"), rates, strict=True)},
            "drift": moved.get(str(group), {}),
        }
        for group in dict.fromkeys([*np.unique(before), *np.unique(after)])
    }


def _rows(pairs: Pairs, touched: Array, before: Array, after: Array) -> dict[str, int]:
    return {
        "before": int(before.sum()),
        "after": int(after.sum()),
        "added": int(after[pairs.added].sum()),
        "removed": int(before[pairs.removed].sum()),
        "changed": int((touched & after[pairs.after]).sum()),
    }


def _both(before: Applications, after: Applications, key: str) -> dict[str, Any]:
    return {name: side.metrics.get(key) for name, side in _sides(before, after)}


def _sides(before: Applications, after: Applications) -> tuple[tuple[str, Applications], ...]:
    return ("before", before), ("after", after)
