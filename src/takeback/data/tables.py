"""Reading CSV and Parquet tables, whole or piece by piece. Cells of a CSV file stay text; the contract reads them."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from takeback.common.errors import UserError

BLOCK_BYTES = 8 << 20
BATCH_ROWS = 1 << 16


def read_header(path: Path) -> list[str]:
    """Return the column names of a CSV or Parquet file."""
    with _readable(path):
        if is_parquet(path):
            return list(pq.read_schema(path).names)
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), None)
    if not header:
        raise UserError(f"{path}: the file is empty; expected a header line and rows.")
    return header


def check_header(path: Path, found: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> None:
    """Check a file's column names against the contract.

    Parameters
    ----------
    path
        The file, for the message.
    found
        Its column names.
    needed
        The columns that must be there.
    known
        All columns that may be there.

    Raises
    ------
    UserError
        If a column is missing, not known, or there twice.
    """
    problems = [f"column {name!r} is not there" for name in needed if name not in found]
    problems += [f"column {name!r} is not in the contract" for name in found if name not in known]
    problems += [f"column {name!r} is there twice" for name in sorted({n for n in found if list(found).count(n) > 1})]
    if problems:
        raise UserError(
            f"{path}: {'; '.join(problems)}. Expected the columns {', '.join(known)}. "
            "Mend the file, or the contract under conf/data/."
        )


def read_table(path: Path) -> pa.Table:
    """Read a whole CSV or Parquet file."""
    with _readable(path):
        if is_parquet(path):
            return pq.read_table(path)
        return pa_csv.read_csv(path, convert_options=_as_text(read_header(path)))


def iter_tables(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Read some columns of a CSV or Parquet file in pieces of some ten thousand rows, with bounded memory."""
    with _readable(path):
        if is_parquet(path):
            batches = pq.ParquetFile(path).iter_batches(batch_size=BATCH_ROWS, columns=list(columns))
        else:
            options = pa_csv.ReadOptions(block_size=BLOCK_BYTES)
            batches = pa_csv.open_csv(path, read_options=options, convert_options=_as_text(columns))
        for batch in batches:
            yield pa.Table.from_batches([batch])


def is_parquet(path: Path) -> bool:
    """Tell Parquet from CSV by the name; any other ending is an error."""
    if (ending := path.suffix.lower()) not in (".csv", ".parquet"):
        raise UserError(f"{path}: expected a name that ends in .csv or .parquet.")
    return ending == ".parquet"


def _as_text(header: Sequence[str]) -> pa_csv.ConvertOptions:
    # Text, so that one bad cell is one quarantined row and not the end of the file.
    return pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), include_columns=list(header))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder; expected a .csv or .parquet file.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text ({error}).") from None
    except (pa.ArrowInvalid, csv.Error, OSError) as error:
        raise UserError(f"{path}: {_first_line(error)}. Is the file cut off?") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")[:300]


def count_rows(path: Path) -> int:
    """Return about how many rows a file has, for a progress bar; a line break inside a cell counts as one more."""
    with _readable(path):
        if is_parquet(path):
            return int(pq.read_metadata(path).num_rows)
        with path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b""))
    return max(lines - 1, 0)
