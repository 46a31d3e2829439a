"""What changed in the data, for everybody and within each protected group."""

from typing import Any, NamedTuple

import pandas as pd

from takeback.compare.drift import alike, drift

MOVES = ("before", "after", "added", "removed", "changed")


class Applications(NamedTuple):
    """Applications by id, the data metrics, and everybody's group of each protected attribute, by id too."""

    table: pd.DataFrame
    metrics: dict[str, Any]
    groups: pd.DataFrame


def data_changes(before: Applications, after: Applications) -> dict[str, Any]:
    """Compare the applications of two revisions, paired by the applicant's id.

    Returns
    -------
    dict
        ``source`` (its SHA-256), ``quarantined`` and ``bad_rate`` before and after; ``rows``; ``columns`` added,
        removed, and changed (rows of each); ``drift`` of each column; and ``groups``, for each protected attribute and
        group its rows, bad rate and drift. Who changed the group counts where they are now.
    """
    was, now = before.table, after.table
    names, both = [name for name in was if name in now], now.index[now.index.isin(was.index)]
    cells = changed_cells(was.loc[both, names], now.loc[both, names])
    moves = _moves(was.index, now.index, cells.any(axis=1))
    columns = [name for name in names if name != "bad"]
    any_moved = any(side.drop(columns=["before", "after"], errors="ignore").any(axis=None) for side in moves)
    compared = (was[columns], now[columns]) if any_moved else None
    return {
        "source": _both(before, after, "source_sha256"),
        "quarantined": {key: side.metrics["rows"]["quarantined"] for key, side in _sides(before, after)},
        "bad_rate": _both(before, after, "bad_rate"),
        "rows": _rows({**moves[0].sum(), **moves[1].sum()}),
        "columns": {
            "added": [name for name in now if name not in was],
            "removed": [name for name in was if name not in now],
            "changed": {name: int(rows.sum()) for name, rows in cells.items() if rows.any()},
        },
        "drift": drift(*compared).get("", {}) if compared else {},
        "groups": {
            name: _by_group(name, before, after, moves, compared) for name in before.groups if name in after.groups
        },
    }


def changed_cells(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return which cells differ of two tables with the same rows and columns; missing and missing are the same."""
    return pd.DataFrame({name: _differs(*alike(before[name], after[name])) for name in before}, after.index)


def _differs(before: pd.Series, after: pd.Series) -> pd.Series:
    same = (before == after).fillna(False).astype(bool)
    return ~(same | (before.isna() & after.isna()))


def _moves(before: pd.Index, after: pd.Index, changed: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what each row of the two tables counts as."""
    was = pd.DataFrame({"before": True, "removed": ~before.isin(after)}, before)
    now = pd.DataFrame({"after": True, "added": ~after.isin(before)}, after)
    return was, now.assign(changed=changed.reindex(after, fill_value=False))


def _by_group(
    name: str,
    before: Applications,
    after: Applications,
    moves: tuple[pd.DataFrame, pd.DataFrame],
    values: tuple[pd.DataFrame, pd.DataFrame] | None,
) -> dict[str, Any]:
    members = before.groups[name], after.groups[name]
    counts = pd.concat([side.groupby(group).sum() for side, group in zip(moves, members, strict=True)], axis=1)
    moved = drift(*values, members) if values else {}
    rates = {key: side.metrics["groups"].get(name, {}) for key, side in _sides(before, after)}
    return {
        group: {
            "rows": _rows(row),
            "bad_rate": {key: of.get(group, {}).get("bad_rate") for key, of in rates.items()},
            "drift": moved.get(group, {}),
        }
        for group, row in counts.fillna(0).iterrows()
    }


def _rows(counts: Any) -> dict[str, int]:
    return {name: int(counts[name]) for name in MOVES}


def _both(before: Applications, after: Applications, key: str) -> dict[str, Any]:
    return {name: side.metrics.get(key) for name, side in _sides(before, after)}


def _sides(before: Applications, after: Applications) -> tuple[tuple[str, Applications], ...]:
    return ("before", before), ("after", after)
