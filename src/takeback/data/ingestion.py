"""From a source file to applications: what meets the contract, and what is put aside with the reason."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.common.disclosure import few, hidden_groups, one_sided
from takeback.common.errors import UserError
from takeback.data.cells import dates_of, text_of
from takeback.data.contract import Contract
from takeback.data.expressions import Array, Columns
from takeback.data.fields import Column, group_labels
from takeback.data.ids import Seen, read_ids
from takeback.data.validation import Violation, any_broken, explain, read_column, read_columns, with_missing

BAD = "bad"


class Ingested(NamedTuple):
    """What ingestion gives."""

    applications: pa.Table
    quarantine: pa.Table
    metrics: dict[str, Any]


def ingest(contract: Contract, table: pa.Table, least: int = 1, whole_rows: bool = False) -> Ingested:
    """Divide a source table into applications and quarantined rows.

    Parameters
    ----------
    contract
        The data contract.
    table
        The source table; its header must have been checked.
    least
        What the metrics say of fewer rows is None.
    whole_rows
        Whether the quarantine keeps all cells of a row.

    Returns
    -------
    Ingested
        ``applications`` holds the id, the date if any, every column (a category as text) and ``bad`` (0 or 1);
        ``quarantine`` has ``row`` (1 is the first below the header), ``reason``, and the source's id, or all its cells.

    Raises
    ------
    UserError
        If there are too few rows, or more break the contract than it allows.
    """
    if table.num_rows < contract.quarantine.min_rows:
        raise UserError(
            f"{contract.source}: found {table.num_rows} rows, expected at least {contract.quarantine.min_rows} "
            "(data.quarantine.min_rows). Is the file cut off?"
        )
    ids, broken_ids = _read_ids(contract, table)
    columns, broken_columns = read_columns(contract, table, contract.columns)
    bad, broken_target = read_column(contract.target.column, target_column(contract), table[contract.target.column])
    dates, broken_dates = _read_dates(contract, table)
    violations = [*broken_ids, *broken_dates, *broken_columns, *broken_target]
    broken = any_broken(violations, table.num_rows)
    _check_quarantine(contract, table, violations, broken)
    whole = _table(contract, ids, dates, columns, bad)
    kept, put_aside = whole.filter(pa.array(~broken)), _quarantine(table, violations, broken)
    if not whole_rows:
        put_aside = put_aside.select([name for name in ("row", "reason", contract.id) if name])
    return Ingested(kept, put_aside, data_metrics(contract, kept, violations, table.num_rows, least))


def target_column(contract: Contract) -> Column:
    """Return the outcome as a category column whose second value is bad."""
    levels = {contract.target.good: "good", contract.target.bad: BAD}
    return with_missing(Column(type="category", levels=levels), contract)


def application_columns(contract: Contract, applications: pa.Table) -> dict[str, Array]:
    """Return the columns of ingested applications as float64 arrays; a category as its position, NaN if missing."""
    return {
        name: _codes(column, applications[name]) if column.type == "category" else _floats(applications[name])
        for name, column in contract.columns.items()
    }


def groups_of(contract: Contract, columns: Columns, attribute: str) -> Array:
    """Return each applicant's group of a protected attribute, shape (n,), as text; see `group_labels`."""
    protected = contract.protected[attribute]
    values = columns[protected.column]
    labels = np.array(group_labels(protected, contract.columns[protected.column]))
    code = np.digitize(values, protected.bands) if protected.bands else np.nan_to_num(values, nan=-1)
    return labels[np.where(np.isnan(values), -1, code).astype(np.int64)]


def data_metrics(
    contract: Contract, applications: pa.Table, violations: list[Violation], rows: int, least: int = 1
) -> dict[str, Any]:
    """Measure the data's quality: what is missing or repeated, the balance of the outcome, who is represented.

    What is said of fewer than ``least`` rows is None, and a rule that fewer break is not named. How many were put aside
    is always said: nothing is said of them.
    """
    columns, bad = application_columns(contract, applications), _floats(applications[BAD])
    count = applications.num_rows
    repeated = count - _distinct(applications.drop_columns([contract.id_name]))
    return {
        "rows": {"source": rows, "accepted": count, "quarantined": rows - count},
        "quarantined_share": (rows - count) / rows,
        "broken_rules": {
            f"{v.column}: expected {v.expected}": int(v.rows.sum()) for v in violations if not few(v.rows.sum(), least)
        },
        "missing_share": {name: _missing_share(values, least) for name, values in columns.items()},
        "repeated_but_for_the_id": None if few(repeated, least) else repeated,
        "bad_rate": None if one_sided(bad.sum(), count - bad.sum(), least) else float(bad.mean()),
        "groups": {
            name: _representation(groups_of(contract, columns, name), bad, least) for name in contract.protected
        },
    }


def _distinct(table: pa.Table) -> int:
    return table.group_by(table.column_names).aggregate([]).num_rows


def _missing_share(values: Array, least: int) -> float | None:
    missing = np.isnan(values)
    return None if few([missing.sum(), (~missing).sum()], least).any() else float(missing.mean())


def _representation(groups: Array, bad: Array, least: int) -> dict[str, Any]:
    names, code, counts = np.unique(groups, return_inverse=True, return_counts=True)
    outcomes = np.column_stack([np.bincount(code, weights=bad == value) for value in (0, 1)])
    hidden = hidden_groups(counts, least)
    rates = outcomes[:, 1] / counts
    unknown = hidden_groups(outcomes, least, hidden, outcome=True)
    return {
        str(name): {
            "count": None if hidden[i] else int(counts[i]),
            "share": None if hidden[i] else counts[i] / len(groups),
            "bad_rate": None if unknown[i] else rates[i],
        }
        for i, name in enumerate(names)
    }


def _read_ids(contract: Contract, table: pa.Table) -> tuple[pa.Array, list[Violation]]:
    if contract.id is None:
        return pa.array(np.arange(1, table.num_rows + 1).astype(str)), []
    return read_ids(contract.id, table[contract.id], contract.missing, Seen())


def _read_dates(contract: Contract, table: pa.Table) -> tuple[pa.Array | None, list[Violation]]:
    if contract.date is None:
        return None, []
    days = dates_of(table[contract.date], contract.missing)
    absent = pc.is_null(days).to_numpy(zero_copy_only=False)
    violations = [Violation(contract.date, "a date like 2024-12-31", absent)] if absent.any() else []
    return days, violations


def _check_quarantine(contract: Contract, table: pa.Table, violations: list[Violation], broken: Array) -> None:
    share, limit = broken.mean(), contract.quarantine.max_share
    if share <= limit:
        return
    worst = max(violations, key=lambda v: v.rows.sum())
    row = int(np.flatnonzero(worst.rows)[0])
    raise UserError(
        f"{contract.source}: {broken.sum()} of {len(broken)} rows ({share:.2%}) break the contract, "
        f"at most {limit:.2%} may (data.quarantine.max_share). Most often, {worst.rows.sum()} times: "
        f"{explain([worst], table, row)} (first in row {row + 1})."
    )


def _quarantine(table: pa.Table, violations: list[Violation], broken: Array) -> pa.Table:
    rows = np.flatnonzero(broken)
    cells = [text_of(table[name]).take(pa.array(rows)) for name in table.column_names]
    reasons = pa.array([explain(violations, table, row) for row in rows.tolist()], pa.string())
    return pa.table([pa.array(rows + 1), reasons, *cells], names=["row", "reason", *table.column_names])


def _table(contract: Contract, ids: pa.Array, dates: pa.Array | None, columns: Columns, bad: Array) -> pa.Table:
    parts: dict[str, Any] = {contract.id_name: ids}
    if contract.date:
        parts[contract.date] = dates
    for name, values in columns.items():
        parts[name] = (
            pa.array(values, from_pandas=True) if name not in contract.levels else _labels(contract, name, values)
        )
    return pa.table({**parts, BAD: pa.array(bad, from_pandas=True).cast(pa.int8())})


def _labels(contract: Contract, name: str, values: Array) -> pa.Array:
    code = pa.array(values, from_pandas=True).cast(pa.int32())
    return pa.array(contract.levels[name], pa.string()).take(code)


def _codes(column: Column, values: pa.ChunkedArray) -> Array:
    return _floats(pc.index_in(values, value_set=pa.array(column.values, pa.string())))


def _floats(values: pa.ChunkedArray) -> Array:
    return values.cast(pa.float64()).to_numpy(zero_copy_only=False)
