"""Hostile files and paths, each with what must be seen."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ALL = "6 decided, 0 referred for the contract"
CELLS, STRAY, OPEN = "as in the header", "has a quote inside a cell", "a quote opens a cell and no quote closes it"


def line(number: int, change: Callable[[str], str]) -> Callable[[str], str]:
    """Change one line of a text; the header is line 1."""

    def changed(text: str) -> str:
        lines = text.splitlines()
        lines[number - 1] = change(lines[number - 1])
        return "\n".join(lines) + "\n"

    return changed


def header(old: str, new: str) -> Callable[[str], str]:
    """Rename a column."""
    return line(1, lambda x: x.replace(old, new, 1))


def _quoted(text: str) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in text.splitlines()) + "\n"


FILES: list[tuple[str, Callable[[str], str | bytes], str]] = [
    ("as it is", lambda x: x, ALL),
    ("Windows line ends", lambda x: x.replace("\n", "\r\n"), ALL),
    ("old Mac line ends", lambda x: x.replace("\n", "\r"), ALL),
    ("no line end at the end", lambda x: x.rstrip("\n"), ALL),
    ("a byte order mark", lambda x: "\ufeff" + x, ALL),
    ("every cell in quotes", _quoted, ALL),
    ("blank lines at the end", lambda x: x + "\n\n", ALL),
    ("a blank line in the middle", line(3, lambda x: x + "\n"), ALL),
    ("an extra column", lambda x: "\n".join(f"{row},x{i}" for i, row in enumerate(x.splitlines())), ALL),
    (
        "an extra column that is not UTF-8",
        lambda x: "\n".join(f"{row},é" for row in x.splitlines()).encode("latin-1"),
        "UTF-8",
    ),
    ("columns in another order", lambda x: "\n".join(",".join(row.split(",")[::-1]) for row in x.splitlines()), ALL),
    ("only a header", lambda x: x.splitlines()[0] + "\n", "0 decided"),
    ("only a header that no line end ends", lambda x: x.splitlines()[0], "Is the file cut off?"),
    ("empty", lambda x: "", "the file is empty"),
    ("only line ends", lambda x: "\n\r\n\n", "the file is empty"),
    ("only a byte order mark", lambda x: "\ufeff", "in.csv"),
    ("semicolons", lambda x: x.replace(",", ";"), "its cells are divided by a semicolon"),
    ("semicolons and decimal commas", lambda x: x.replace(",", ";").replace("20000;", "20000,0;"), "a decimal point"),
    ("tabs", lambda x: x.replace(",", "\t"), "its cells are divided by a tab"),
    ("bars", lambda x: x.replace(",", "|"), "its cells are divided by a bar"),
    ("header in lower case", lambda x: x.lower(), "'id' is; write it as in the contract"),
    ("spaces in the header", header("PAY_0", " PAY_0 "), "' PAY_0 ' is; write it as in the contract"),
    ("a column missing", header("PAY_0", "PAY_1"), "column 'PAY_0' is not there"),
    ("a column twice", header("PAY_2", "PAY_0"), "is there twice"),
    ("a title row", lambda x: "Applications of May" + "," * 24 + "\n" + x, "the column names stand in the second line"),
    ("no header", lambda x: x.split("\n", 1)[1], "column 'ID' is not there"),
    ("terminal escapes in the header", header("PAY_0", "\x1b[31mPAY_0"), "column 'PAY_0' is not there"),
    ("the header again", line(4, lambda x: x + "\n" + "ID" + ",x" * 24), "7 decided, 1 referred"),
    ("a total row", lambda x: x + "Total,99" + "," * 23 + "\n", "7 decided, 1 referred"),
    ("rows of commas only", lambda x: x + "," * 24 + "\n", "7 decided, 1 referred"),
    ("a short row", line(3, lambda x: x[:20]), "in.csv, line 3: found"),
    ("a long row", line(4, lambda x: x + ",1"), "in.csv, line 4: found 26 cells"),
    ("a row broken in two", line(5, lambda x: x.replace(",", "\n", 1)), "in.csv, line 5: found 1 cells"),
    ("a comma in a number", line(3, lambda x: x.replace(",", ",1,", 1)), CELLS),
    ("cut off in the last row", lambda x: x[:-20], "in.csv, line 7: found"),
    (
        "a Latin-1 byte in a cell we read",
        lambda x: line(4, lambda r: "é" + r)(x).encode("latin-1"),
        "line 4, column 'ID': is not UTF-8",
    ),
    ("a Latin-1 byte in the header", lambda x: header("ID", "Ié")(x).encode("latin-1"), "line 1: the column name"),
    (
        "half a UTF-8 sequence",
        lambda x: line(4, lambda r: "Z" + r)(x).encode().replace(b"Z", b"\xe2\x82"),
        "line 4, column 'ID'",
    ),
    (
        "a surrogate in UTF-8",
        lambda x: line(4, lambda r: "Z" + r)(x).encode().replace(b"Z", b"\xed\xa0\x80"),
        "line 4, column 'ID'",
    ),
    ("a zero byte", line(4, lambda x: "\0" + x), "line 4: has a byte that is 0"),
    ("a stray quote in a cell", line(4, lambda x: x.replace(",", '",', 1)), f"line 4: {STRAY}"),
    ("a quote that is never closed", line(4, lambda x: x.replace(",", ',"', 1)), f"line 4: {OPEN}"),
    ("two quotes that swallow two rows", lambda x: line(6, lambda r: '"' + r)(line(4, lambda r: '"' + r)(x)), STRAY),
    ("text after a closing quote", line(4, lambda x: '"1"2' + x[1:]), f"line 4: {STRAY}"),
    ("a quote never closed in the header", line(1, lambda x: '"' + x), "line 1"),
    ("a line break inside quotes", line(4, lambda x: '"4\n4"' + x[x.index(",") :]), "6 decided, 1 referred"),
    ("doubled quotes", line(4, lambda x: '"4""4"' + x[x.index(",") :]), ALL),
    ("a cell of 10 MB", line(4, lambda x: "9" * 10_000_000 + x[x.index(",") :]), "6 decided, 1 referred"),
    ("a header line of 17 MB", lambda x: "x" * (17 << 20), "a line has more than 16 MB"),
    ("100,000 columns", lambda x: ",".join(f"c{i}" for i in range(100_000)) + "\n", "column 'ID' is not there"),
    ("UTF-16", lambda x: x.encode("utf-16"), "is UTF-16 text"),
    ("gzip", lambda x: gzip.compress(x.encode()), "is compressed by gzip"),
    ("an Excel workbook", lambda x: b"PK\x03\x04" + x.encode(), "is an Excel workbook"),
    ("Parquet under .csv", lambda x: b"PAR1\x15\x04" + x.encode(), "is a Parquet file"),
    ("HTML", lambda x: "<html><table>" + x, "is HTML or XML"),
    ("random bytes", lambda x: bytes(range(1, 256)) * 50, "in.csv"),
    ("zero bytes", lambda x: bytes(1000), "is not text in UTF-8"),
    ("JSON", lambda x: '{"ID": 1}\n', "in.csv"),
]


def _spoilt(start: int, stop: int | None, new: bytes) -> Callable[[Path, pa.Table], Any]:
    def write(path: Path, table: pa.Table) -> None:
        pq.write_table(table, path)
        content = path.read_bytes()
        path.write_bytes(content[:start] + new + (content[stop:] if stop is not None else b""))

    return write


def _extra(path: Path, table: pa.Table) -> None:
    pq.write_table(table.append_column("extra", pa.array([[1]] * table.num_rows)), path)


PARQUET_FILES: list[tuple[str, Callable[[Path, pa.Table], Any], str]] = [
    ("as it is", lambda path, table: pq.write_table(table, path), ALL),
    ("an extra column of lists", _extra, ALL),
    (
        "a column missing",
        lambda path, table: pq.write_table(table.drop_columns(["PAY_0"]), path),
        "column 'PAY_0' is not",
    ),
    (
        "a column twice",
        lambda path, table: pq.write_table(table.append_column("ID", table["ID"]), path),
        "is there twice",
    ),
    ("no columns", lambda path, _: pq.write_table(pa.table({}), path), "column 'ID' is not there"),
    ("no rows", lambda path, table: pq.write_table(table.slice(0, 0), path), "0 decided"),
    ("empty", lambda path, _: path.write_bytes(b""), "in.parquet: is empty"),
    ("CSV under .parquet", lambda path, _: path.write_text("ID\n1\n"), "is no Parquet file"),
    ("cut off", _spoilt(500, None, b""), "Is the file cut off?"),
    ("a damaged page", _spoilt(4, 64, bytes(60)), "in.parquet"),
    ("a damaged footer", _spoilt(-200, -100, b"\xff" * 100), "in.parquet"),
    ("a footer said to be of 4 GB", _spoilt(-8, -4, b"\xff" * 4), "in.parquet"),
    ("encrypted", lambda path, _: path.write_bytes(b"PARE\0" * 9), "is an encrypted Parquet file"),
]


def _pipe(folder: Path) -> tuple[Path, Path]:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv", folder / "out.csv"


def _to_pipe(folder: Path) -> tuple[Path, Path]:
    os.mkfifo(folder / "pipe.csv")
    return folder / "in.csv", folder / "pipe.csv"


def _link(place: str) -> Callable[[Path], tuple[Path, Path]]:
    def make(folder: Path) -> tuple[Path, Path]:
        (folder / "link.csv").symlink_to(place)
        return folder / "link.csv", folder / "out.csv"

    return make


def _folder(folder: Path) -> tuple[Path, Path]:
    (folder / "folder.csv").mkdir()
    return folder / "folder.csv", folder / "out.csv"


TARGETS: list[tuple[str, Callable[[Path], tuple[Path, Path]], str]] = [
    ("a pipe to read", _pipe, "is a pipe, socket or device"),
    ("a pipe to write", _to_pipe, "is a pipe, socket or device"),
    ("a link to /dev/zero", _link("/dev/zero"), "is a pipe, socket or device"),
    ("a link to itself", _link("link.csv"), "link.csv"),
    ("a link to nothing", _link("nothing.csv"), "there is no such file"),
    ("a folder to read", _folder, "is a folder"),
    (
        "a folder to write",
        lambda folder: (folder / "in.csv", _folder(folder)[0]),
        "is a folder",
    ),
    ("no file", lambda folder: (folder / "none.csv", folder / "out.csv"), "there is no such file"),
    ("another ending", lambda folder: (folder / "in.xlsx", folder / "out.csv"), "ends in .csv or .parquet"),
    ("the file onto itself", lambda folder: (folder / "in.csv", folder / "in.csv"), "is the file to read"),
    ("a name of 300 characters", lambda folder: (folder / ("x" * 300 + ".csv"), folder / "out.csv"), "cannot be read"),
    (
        "a result in a folder that is not there",
        lambda folder: (folder / "in.csv", folder / "no" / "out.csv"),
        "6 decided",
    ),
]
