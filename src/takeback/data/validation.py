"""Checking a table against the data contract: the same code for a source file, a batch and a request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from takeback.common.errors import UserError
from takeback.data.cells import levels_of, numbers_of
from takeback.data.contract import Contract
from takeback.data.expressions import Array, beyond_float32
from takeback.data.fields import Column

DECIMAL_COMMA = re.compile(r"\s*[+-]?[0-9]+([. ][0-9]{3})*,[0-9]+\s*")
MOST_SHOWN = 60


@dataclass(frozen=True)
class Violation:
    """Rows that break one rule: the column, what was expected, and a mask of shape (n,)."""

    column: str
    expected: str
    rows: Array


def read_column(name: str, column: Column, values: pa.Array) -> tuple[Array, list[Violation]]:
    """Turn one column as received into numbers, and list what breaks the contract.

    Parameters
    ----------
    name
        The column's name, for the messages.
    column
        Its specification; ``column.missing`` must hold every text that counts as missing.
    values
        The cells, of any Arrow type; text is parsed.

    Returns
    -------
    (numpy.ndarray, list of Violation)
        Shape (n,), float64: the number, or the position of the category in ``column.values``; NaN where missing
        or not readable.

    Raises
    ------
    UserError
        If the cells are of a type that holds neither numbers nor text, such as lists.
    """
    read = _read_number if column.type == "number" else _read_category
    try:
        numbers, violations = read(name, column, values)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise UserError(f"column {name!r}: found cells of type {values.type}, expected numbers or text.") from None
    if not column.optional:
        unreadable = np.any([v.rows for v in violations], axis=0) if violations else np.zeros(len(numbers), bool)
        absent = np.isnan(numbers) & ~unreadable
        violations.append(Violation(name, "a value", absent))
    return numbers, [violation for violation in violations if violation.rows.any()]


def read_columns(contract: Contract, table: pa.Table, names: Iterable[str]) -> tuple[dict[str, Array], list[Violation]]:
    """Read several columns of a table; see `read_column`."""
    columns: dict[str, Array] = {}
    violations: list[Violation] = []
    for name in names:
        spec = with_missing(contract.columns[name], contract)
        columns[name], broken = read_column(name, spec, table[name])
        violations += broken
    return columns, violations


def with_missing(column: Column, contract: Contract) -> Column:
    """Return the column with the contract's missing values added to its own."""
    return column.model_copy(update={"missing": (*contract.missing, *column.missing)})


def explain(violations: list[Violation], table: pa.Table, row: int) -> str:
    """Say what is wrong with one row: every broken rule, with what was found."""
    broken = [v for v in violations if v.rows[row]]
    return "; ".join(f"{v.column}: found {_found(table[v.column], row)}, expected {v.expected}" for v in broken)


def any_broken(violations: list[Violation], rows: int) -> Array:
    """Return a mask of the rows that break at least one rule."""
    return np.any([v.rows for v in violations], axis=0) if violations else np.zeros(rows, dtype=bool)


def _found(values: pa.ChunkedArray | pa.Array, row: int) -> str:
    """Show one cell, shortened; what it may mean if it is a number with a comma or has swallowed a line."""
    try:
        text = values.slice(row, 1).cast(pa.string())[0].as_py() or ""
    except pa.ArrowException:
        text = f"a cell of type {values.type}"
    hint = " (a decimal comma? write a point)" if DECIMAL_COMMA.fullmatch(text) else ""
    hint = " (a stray quote has joined lines?)" if "\n" in text else hint
    return repr(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}...") + hint


def _read_number(name: str, column: Column, values: pa.Array) -> tuple[Array, list[Violation]]:
    numbers, unreadable = numbers_of(values, column.missing)
    large = beyond_float32(numbers)
    violations = [
        Violation(name, "a finite number", unreadable | np.isinf(numbers)),
        Violation(name, "a number below 3.4e38, which models can hold", large & np.isfinite(numbers)),
    ]
    with np.errstate(invalid="ignore"):
        if column.min is not None:
            violations.append(Violation(name, f"at least {column.min:g}", numbers < column.min))
        if column.max is not None:
            violations.append(Violation(name, f"at most {column.max:g}", numbers > column.max))
    return np.where(large, np.nan, numbers), violations


def _read_category(name: str, column: Column, values: pa.Array) -> tuple[Array, list[Violation]]:
    raw = list(column.levels)
    place, absent = levels_of(values, raw, column.missing)
    codes = np.array([*(column.values.index(column.levels[item]) for item in raw), np.nan], dtype=np.float64)
    return codes[place], [Violation(name, f"one of {', '.join(raw)}", (place < 0) & ~absent)]
