"""The file that a batch is scored into, as CSV or Parquet, without what a spreadsheet would run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from takeback.common.errors import UserError
from takeback.common.files import replacing
from takeback.data.cells import NUMBER
from takeback.data.contract import Contract
from takeback.data.table_files import check_target, is_parquet
from takeback.data.tables import check_columns, read_types
from takeback.decisions import reasons

RELEASE = "release"


def result_schema(contract: Contract, with_reasons: bool) -> pa.Schema:
    """Return the columns of a result, without those that are kept from the source."""
    names = [f"reason_{i + 1}" for i in range(reasons.MOST_REASONS)] if with_reasons else []
    fields = [(contract.id_name, pa.string()), ("decision", pa.string()), ("pd", pa.float64())]
    return pa.schema([*fields, *((name, pa.string()) for name in (*names, RELEASE))])


def check_files(source: Path, target: Path, needed: list[str]) -> None:
    """Say what is wrong with either file before any work is done."""
    check_columns(source, needed)
    try:
        check_target(target)
        same = target.exists() and source.samefile(target)
    except OSError as error:
        raise UserError(f"{target}: cannot be written ({error.strerror}).") from None
    if same:
        raise UserError(f"{target}: is the file to read; expected another name for the result.")


def with_kept(own: pa.Schema, source: Path, target: Path, keep: list[str]) -> pa.Schema:
    """Return the whole result's columns. In CSV a kept column is text, or as it is if Arrow can write it."""
    if taken := [name for name in keep if name in own.names]:
        raise UserError(f"--keep {taken[0]}: the result has a column of that name; rename it in {source}.")
    types = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in read_types(source, keep)]
    if not is_parquet(target):
        types = [pa.string() if _is_text(kind) else kind for kind in types]
    return pa.schema([*own, *(pa.field(name, kind) for name, kind in zip(keep, types, strict=True))])


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


@contextmanager
def writing(target: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], int]]:
    """Yield a function that writes a table and returns how many cells it had to make harmless, in CSV only."""
    try:
        with replacing(target) as new:
            if is_parquet(target):
                with pq.ParquetWriter(new, schema) as writer:
                    yield lambda table: writer.write_table(table) or 0
            else:
                names = [harmless_name(name) for name in schema.names]
                renamed = pa.schema(list(zip(names, schema.types, strict=True)))
                with pa_csv.CSVWriter(new, renamed) as writer:
                    yield lambda table: _write_harmless(writer, table.rename_columns(names))
    except (OSError, pa.ArrowException) as error:
        what = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise UserError(f"{target}: cannot be written ({what}).") from None


def _write_harmless(writer: pa_csv.CSVWriter, table: pa.Table) -> int:
    table, marked = harmless(table)
    writer.write_table(table)
    return marked


# = + - @, as they are or in full width, and what moves the rest of a cell to where it would be run. Not a number: -5.
FORMULA = r"^[\s\x00]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
MARK = "'"


def harmless(table: pa.Table) -> tuple[pa.Table, int]:
    """Put an apostrophe before each text that a spreadsheet would run; return the table and how many there were."""
    changed = 0
    for position, name in enumerate(table.column_names):
        column = table[name] if table.column_names.count(name) == 1 else table.column(position)
        if not pa.types.is_string(column.type):
            continue
        runs = pc.and_not(pc.match_substring_regex(column, FORMULA), pc.match_substring_regex(column, NUMBER))
        if count := pc.sum(runs).as_py():
            changed += count
            marked = pc.if_else(runs, pc.binary_join_element_wise(MARK, column, ""), column)
            table = table.set_column(position, name, marked)
    return table, changed


def harmless_name(name: str) -> str:
    """Return a column's name as `harmless` would write it."""
    return str(harmless(pa.table({"name": [name]}))[0]["name"][0])
