"""Reading and writing files: whole or not at all, and the same bytes for the same content."""

import csv
import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from takeback.common.errors import UserError
from takeback.common.half_written import held_folder, remove_dead

SIGNIFICANT_DIGITS = 10
MOST_JSON_BYTES = 64 * 2**20
MOST_JSON_DEPTH = 32
MOST_DIGITS = 18
# Control characters other than tab and line end, marks that turn the direction of text, and halves of characters.
UNSAFE_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path`` that takes its place when the block ends without an error.

    What killed processes left when they wrote the same path goes then.

    Raises
    ------
    UserError
        If what is there is a pipe or device, or a folder where a file is written: neither is replaced.
    """
    if (path.exists() or path.is_symlink()) and not (path.is_file() or path.is_dir() or path.is_symlink()):
        raise UserError(f"{path}: is a pipe, socket or device; expected the name of a file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with held_folder(path) as folder:
        yield folder / path.name
        if path.is_dir() and (folder / path.name).is_file():
            raise UserError(f"{path}: is a folder; expected the name of a file.")
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
        return parse_json(read_bytes(path, MOST_JSON_BYTES, follow=True))
    except FileNotFoundError:
        raise missing_output(path) from None
    except ValueError as error:
        raise UserError(f"{path}: not readable as JSON ({error}). Run `dvc repro` to write it again.") from None


def parse_json(content: bytes) -> Any:
    """Read JSON that has one meaning only, in every program that reads it.

    Raises
    ------
    ValueError
        If it is not UTF-8 or not JSON, has a key twice, a number that is not finite or has too many digits, text that
        cannot be shown, or is nested too deeply.
    """
    numbers: dict[str, Any] = {"parse_constant": _refuse, "parse_int": _integer, "parse_float": _finite}
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_without_repeats, **numbers)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_json(value, MOST_JSON_DEPTH)
    return value


def read_bytes(path: Path, most: int, follow: bool = False) -> bytes:
    """Read a regular file whole; never more of it than ``most`` bytes, and nothing that is not a file, into memory.

    Parameters
    ----------
    path
        The file.
    most
        Its largest size.
    follow
        Whether it may be a link: DVC can be set to link outputs from its cache.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is a link, a folder, a pipe or a device, or too large.
    """
    if not stat.S_ISREG(path.stat(follow_symlinks=follow).st_mode):  # before it is opened: opening a pipe would wait
        raise ValueError("it is a link, a folder or a device, expected a file")
    flags = 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags | getattr(os, "O_NONBLOCK", 0))) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise ValueError(f"it has {found.st_size} bytes, expected at most {most}")
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it has grown beyond {most} bytes")
    return content


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ValueError(f"the key {name!r} is there twice")
        result[name] = value
    return result


def _refuse(text: str) -> Any:
    raise ValueError(f"found {text}, expected a finite number")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"found a whole number of {len(text)} digits, expected at most {MOST_DIGITS}")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text[:20])


def _check_json(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if UNSAFE_TEXT.search(value):
            raise ValueError(f"found the text {value[:50]!a}, expected none with control characters")
    elif isinstance(value, (dict, list)):
        if not depth:
            raise ValueError(f"it is nested more than {MOST_JSON_DEPTH} deep")
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            _check_json(item, depth - 1)


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
