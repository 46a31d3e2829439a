"""Reading CSV and Parquet tables, whole or piece by piece. Cells of a CSV file stay text; the contract reads them."""

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from takeback.common.errors import UserError
from takeback.common.shown import plain
from takeback.data.csv_damage import LONGEST_LINE, count_lines, find_damage
from takeback.data.table_files import check_header, check_kind, is_parquet

BLOCK_BYTES = 8 << 20
BATCH_ROWS, FEW_ROWS, MOST_BYTES = 1 << 16, 1 << 13, 64 << 20
# A cell may hold line breaks wherever a block ends; `count_lines` makes sure that it was quoted on purpose.
PARSING = pa_csv.ParseOptions(newlines_in_values=True)


def read_header(path: Path) -> list[str]:
    """Return the column names of a CSV or Parquet file."""
    with _readable(path):
        check_kind(path)
        if is_parquet(path):
            return list(pq.read_schema(path).names)
        header = next(_first_rows(path), None)
    if header is None:
        raise UserError(f"{path}: the file is empty; expected a header line and rows.")
    if any("\n" in name for name in header):
        count_lines(path)  # which names a quote that nobody closed
    if wrong := [name for name in header if "\ufffd" in name or "\0" in name]:
        shown = plain(wrong[0][:60])
        raise UserError(f"{path}, line 1: the column name {shown!r} is not text in UTF-8. Save the file as UTF-8.")
    return header


def check_columns(path: Path, needed: Sequence[str], known: Collection[str] | None = None) -> None:
    """Check a file's column names and the types of its cells; see `check_header`."""
    found = read_header(path)
    with _readable(path):
        second = () if is_parquet(path) else [*_first_rows(path), []][1]
        check_header(path, found, needed, known, second)
        if is_parquet(path):
            _check_types(path, pq.read_schema(path), needed)


def read_table(path: Path) -> pa.Table:
    """Read a whole CSV or Parquet file."""
    header = read_header(path)
    with _readable(path, header):
        if is_parquet(path):
            table = pq.read_table(path)
            return _checked(path, table)
        count_lines(path)
        return pa_csv.read_csv(path, parse_options=PARSING, convert_options=_as_text(header))


def iter_tables(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Read some columns of a CSV or Parquet file in pieces of some ten thousand rows, with bounded memory.

    The quotes of a CSV file must have been checked, by `count_rows`.
    """
    with _readable(path, columns):
        if is_parquet(path):
            batches = pq.ParquetFile(path).iter_batches(batch_size=FEW_ROWS, columns=list(columns))
            yield from (_checked(path, table) for table in _pieces(batches))
        else:  # Arrow has checked the text
            options = pa_csv.ReadOptions(block_size=BLOCK_BYTES)
            yield from map(
                lambda batch: pa.Table.from_batches([batch]),
                pa_csv.open_csv(path, read_options=options, parse_options=PARSING, convert_options=_as_text(columns)),
            )


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Join batches into tables of many rows, or of fewer if their cells are long: a small file can hold long ones."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= BATCH_ROWS or sum(each.nbytes for each in waiting) >= MOST_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def read_types(path: Path, columns: Sequence[str]) -> list[pa.DataType]:
    """Return the types of some columns as `iter_tables` gives them; those of a CSV file are text."""
    if not is_parquet(path):
        return [pa.string()] * len(columns)
    with _readable(path):
        schema = pq.read_schema(path)
        return [pa.string() if _is_bytes(kind := schema.field(name).type) else kind for name in columns]


def count_rows(path: Path) -> int:
    """Check a CSV file's quotes, and return about how many rows it has; a line break inside a cell counts as one more.

    Of a Parquet file it is the exact number.
    """
    with _readable(path):
        check_kind(path)
        if is_parquet(path):
            return int(pq.read_metadata(path).num_rows)
        return max(count_lines(path) - 1, 0)


def _first_rows(path: Path) -> Iterator[list[str]]:
    """Yield the first two lines of a CSV file that are not blank, as cells."""
    rows = 0
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = iter(lambda: _line(path, file.readline(LONGEST_LINE)), "")
        reader = csv.reader(lines)
        try:
            for row in reader:
                if row and rows < 2:
                    rows += 1
                    yield row
                elif rows == 2:
                    return
        except csv.Error as error:
            count_lines(path)  # which names a quote that nobody closed
            raise UserError(f"{path}, line {reader.line_num}: {error}.") from None


def _line(path: Path, content: str) -> str:
    if len(content) == LONGEST_LINE:
        raise UserError(f"{path}: a line has more than {LONGEST_LINE >> 20} MB. Is this a CSV file?")
    return content


def _check_types(path: Path, schema: pa.Schema, names: Sequence[str]) -> None:
    for name in names:
        kind = schema.field(name).type
        if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
            raise UserError(f"{path}: column {name!r} holds cells of type {kind}; expected numbers, text or dates.")

        if pa.types.is_duration(kind) or pa.types.is_interval(kind):
            raise UserError(f"{path}: column {name!r} holds spans of time; expected numbers, text or dates.")
        if pa.types.is_timestamp(kind) and kind.tz:
            _check_zone(path, name, kind)


def _check_zone(path: Path, name: str, kind: pa.TimestampType) -> None:
    try:
        pc.local_timestamp(pa.scalar(0, kind))
    except pa.ArrowInvalid:
        zone = plain(kind.tz[:60])
        raise UserError(
            f"{path}: column {name!r} has the time zone {zone!r}, which this machine does not know. Write it in UTC."
        ) from None


def _checked(path: Path, table: pa.Table) -> pa.Table:
    """Return text where a Parquet writer stored text as bytes, as old ones do; any text must be one in UTF-8."""
    for position, field in enumerate(table.schema):
        column = table.column(position)
        try:
            if _is_bytes(field.type):
                kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
                table = table.set_column(position, field.name, column.cast(kind).cast(pa.string()))
            else:
                column.validate(full=True)
        except pa.ArrowInvalid as error:
            what = "is not text in UTF-8" if "UTF8" in str(error) else f"is damaged ({_first_line(error)})"
            raise UserError(f"{path}: column {field.name!r} {what}.") from None
    return table


def _is_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)


def _as_text(header: Sequence[str]) -> pa_csv.ConvertOptions:
    # Text, so that one bad cell is one quarantined row and not the end of the file.
    return pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), include_columns=list(header))


@contextmanager
def _readable(path: Path, columns: Sequence[str] = ()) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file.") from None
    except (pa.ArrowException, csv.Error, UnicodeDecodeError) as error:
        damage = None if is_parquet(path) else find_damage(path, columns)
        raise damage or UserError(f"{path}: {_first_line(error)}. Is the file cut off?") from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})" if error.errno else _first_line(error)
        raise UserError(f"{path}: {what}.{'' if error.errno else ' Is the file cut off?'}") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")[:300]
