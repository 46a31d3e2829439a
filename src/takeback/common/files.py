"""Reading and writing files: whole or not at all, and the same bytes for the same content."""

import csv
import hashlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from takeback.common.errors import UserError
from takeback.common.half_written import held_folder, remove_dead

SIGNIFICANT_DIGITS = 10


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path`` that takes its place when the block ends without an error.

    What killed processes left when they wrote the same path goes then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with held_folder(path) as folder:
        yield folder / path.name
        if path.is_dir() and (folder / path.name).exists():
            path.rename(folder / "old")
        (folder / path.name).rename(path)
    remove_dead(path)


def write_text(path: Path, text: str) -> None:
    """Write a text file, with the line ends of the text on every platform."""
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8", newline="\n")


def rounded(value: Any) -> Any:
    """Round every float in nested dicts and lists to ten significant digits; NaN and infinity become None.

    The last bits of a float can differ between processors; ten digits do not, and are more than anyone reads.
    """
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        return rounded(value.item())
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None
    return value


def write_json(path: Path, content: Any) -> None:
    """Write JSON that a pull request can diff: sorted keys, rounded floats, one value a line."""
    text = json.dumps(rounded(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file that an earlier stage wrote."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise missing_output(path) from None
    except json.JSONDecodeError as error:
        raise UserError(f"{path}: not readable as JSON ({error}). Run `dvc repro` to write it again.") from None


def write_csv(path: Path, table: pa.Table) -> None:
    """Write a CSV file that a pull request can diff, floats rounded."""
    rows = [rounded(row) for row in table.to_pylist()]
    with replacing(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.column_names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a Parquet file without the metadata that differs from run to run."""
    with replacing(path) as new:
        pq.write_table(table.replace_schema_metadata(None), new, compression="zstd", store_schema=False)


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file that an earlier stage wrote."""
    try:
        return pq.read_table(path)
    except FileNotFoundError:
        raise missing_output(path) from None
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{path}: not readable as Parquet ({error}). Run `dvc repro` to write it again.") from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing_output(path: Path) -> UserError:
    """Say that a file which a stage writes is not there, and how to get it."""
    return UserError(f"{path}: there is no such file. `dvc repro` makes it; `dvc checkout` brings back a cached one.")


def thread_count() -> int:
    """Return how many threads to use: ``OMP_NUM_THREADS`` if set, else the processors this process may run on."""
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()  # a list is one number per nesting level
    if asked.isdigit() and int(asked):
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
