"""Checking a table against the data contract: the same code for a source file, a batch and a request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.common.errors import UserError
from takeback.data.contract import Column, Contract
from takeback.data.expressions import Array

NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"


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
    return "; ".join(f"{v.column}: found {str(table[v.column][row])!r}, expected {v.expected}" for v in broken)


def any_broken(violations: list[Violation], rows: int) -> Array:
    """Return a mask of the rows that break at least one rule."""
    return np.any([v.rows for v in violations], axis=0) if violations else np.zeros(rows, dtype=bool)


def text_of(values: pa.ChunkedArray | pa.Array, missing: tuple[str, ...] = ()) -> pa.Array:
    """Return cells as trimmed text, null where missing; 1.0 and 1 are both '1'."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
        whole = pc.and_(pc.equal(values, pc.trunc(values)), pc.less(pc.abs(values), 2.0**53))
        if pc.all(whole).as_py():  # an id of twelve digits is no 1.2e+11
            values = values.cast(pa.int64())
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    if pa.types.is_floating(values.type):
        text = pc.replace_substring_regex(text, r"\.0$", "")
    return pc.if_else(pc.is_in(text, value_set=pa.array(missing, pa.string())), None, text)


def _read_number(name: str, column: Column, values: pa.Array) -> tuple[Array, list[Violation]]:
    numbers, unreadable = _numbers(column, values)
    with np.errstate(invalid="ignore"):
        violations = [Violation(name, "a finite number", unreadable | np.isinf(numbers))]
        if column.min is not None:
            violations.append(Violation(name, f"at least {column.min:g}", numbers < column.min))
        if column.max is not None:
            violations.append(Violation(name, f"at most {column.max:g}", numbers > column.max))
    return numbers, violations


def _numbers(column: Column, values: pa.Array) -> tuple[Array, Array]:
    """Return the numbers and a mask of the cells that hold something else."""
    clean = np.zeros(len(values), dtype=bool)
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return _without_sentinels(column, _floats(values)), clean
    if pa.types.is_boolean(values.type):  # true is no number, though Arrow would make it 1
        values = values.cast(pa.string())
    try:  # most columns are clean, and then one cast is all it takes
        numbers = _floats(values)
        if np.isfinite(numbers).all():
            return _without_sentinels(column, numbers), clean
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    text = text_of(values, column.missing)
    readable = pc.match_substring_regex(text, NUMBER)
    numbers = _floats(pc.if_else(readable, text, None))
    return _without_sentinels(column, numbers), _to_numpy(pc.fill_null(pc.invert(readable), False))


def _without_sentinels(column: Column, numbers: Array) -> Array:
    for text in column.missing:
        if re.match(NUMBER, text):
            numbers[numbers == float(text)] = np.nan
    return numbers


def _floats(values: pa.Array) -> Array:
    """Return a copy: Arrow's own memory cannot be written. Unsafe only in that an integer may lose its last digits."""
    return np.array(_to_numpy(values.cast(pa.float64(), safe=False)), dtype=np.float64)


def _read_category(name: str, column: Column, values: pa.Array) -> tuple[Array, list[Violation]]:
    text = text_of(values, column.missing)
    raw = list(column.levels)
    position = pc.index_in(text, value_set=pa.array(raw, pa.string()))
    codes = np.array([column.values.index(column.levels[item]) for item in raw], dtype=np.float64)
    found = _to_numpy(position.cast(pa.float64()))
    numbers = np.append(codes, np.nan)[np.where(np.isnan(found), len(codes), found).astype(np.int64)]
    unknown = pc.and_(pc.is_valid(text), pc.is_null(position)).to_numpy(zero_copy_only=False)
    return numbers, [Violation(name, f"one of {', '.join(raw)}", unknown)]


def _to_numpy(values: pa.Array) -> Array:
    return values.to_numpy(zero_copy_only=False)
