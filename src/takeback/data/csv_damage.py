"""What is wrong in a CSV file, and in which line.

Arrow reads fast and forgives: it joins `"1"2` to 12, and lets a quote that nobody closes swallow the rest of the file.
So every byte is looked at once before Arrow reads it; and when Arrow gives up, the file is read again to find the line.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from takeback.common.errors import UserError

csv.field_size_limit(LONGEST_LINE := 16 << 20)  # the csv module's own, 128 kB, is less than Arrow reads
BLOCK_BYTES = 1 << 18  # fits the processor's cache, which is twice as fast
QUOTE = ord('"')
# What may stand before a quote that opens a cell, or after one that closes it.
AROUND = np.isin(np.arange(256), np.frombuffer(b',\r\n"', np.uint8))


def count_lines(path: Path) -> int:
    """Count the lines of a CSV file, and check every byte that could shift cells or lines.

    Raises
    ------
    UserError
        If a quote stands where none may stand or is never closed, or a byte is 0: with the number of the line.
    """
    lines, quotes, opened = 0, 0, 0
    for before, block, after in _blocks(path):
        if (at := block.find(b"\0")) >= 0:
            line = lines + _lines(block[:at]) + 1
            raise UserError(f"{path}, line {line}: has a byte that is 0. Is this a text file?")
        if b'"' in block:
            positions = np.flatnonzero(np.frombuffer(block, np.uint8) == QUOTE)
            fits = AROUND[np.frombuffer(before + block + after, np.uint8)]
            opening, closing = positions[quotes % 2 :: 2], positions[1 - quotes % 2 :: 2]
            stray = np.concatenate([opening[~fits[opening]], closing[~fits[closing + 2]]])
            if len(stray):
                at = int(stray.min())
                raise _stray(path, lines + _lines(block[:at]) + 1, block[max(at - 20, 0) : at + 20])
            quotes += len(positions)
            opened = lines + _lines(block[: positions[-1]]) + 1
        lines += _lines(block)
    if quotes % 2:
        raise UserError(f"{path}, line {opened}: a quote opens a cell and no quote closes it. Remove it, or close it.")
    return lines


def find_damage(path: Path, columns: Sequence[str]) -> UserError | None:
    """Find the first line whose cells are more or fewer than the header's, or that is not UTF-8 in a column we read."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        header: list[str] = []
        line = 1
        try:
            for cells in reader:
                header = header or cells
                if cells and (problem := _problem(header, cells, columns)):
                    return UserError(f"{path}, line {line}{problem}")
                line = reader.line_num + 1
        except csv.Error as error:
            return UserError(f"{path}, line {line}: {error}.")
    return None


def _problem(header: list[str], cells: list[str], columns: Sequence[str]) -> str:
    if len(cells) != len(header):
        return (
            f": found {len(cells)} cells, expected {len(header)} as in the header. Is the line cut off or broken in "
            "two, or does a cell hold a comma without quotes around it?"
        )
    for name, cell in zip(header, cells, strict=True):
        if name in columns and not cell.isascii() and (raw := cell.encode("utf-8", "surrogateescape")) != _utf8(cell):
            guess = raw.decode("cp1252", "replace")[:60]
            return f", column {name!r}: is not UTF-8 (in Windows-1252 it would be {guess!r}). Save the file as UTF-8."
    return ""


def _utf8(cell: str) -> bytes:
    return cell.encode("utf-8", "replace")


def _stray(path: Path, line: int, near: bytes) -> UserError:
    text = near.decode("utf-8", "replace")
    return UserError(
        f"{path}, line {line}: has a quote inside a cell, near {text!r}. A quote opens or closes a whole cell; "
        "one inside a quoted cell is doubled. Is one left open in an earlier line?"
    )


def _lines(block: bytes) -> int:
    return block.count(b"\n") or block.count(b"\r")


def _blocks(path: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield each block with the byte before and the byte after it; the file's own ends count as line ends."""
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        before, block = b"\n", file.read(BLOCK_BYTES)
        while block:
            following = file.read(BLOCK_BYTES)
            yield before, block, following[:1] or b"\n"
            before, block = block[-1:], following
