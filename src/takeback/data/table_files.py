"""The file of a table: CSV or Parquet and nothing else under its name, with the columns of the contract."""

import re
import stat
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.shown import plain

START = 64
# The first bytes of files that are met under the name of another kind, and what to do. A column may be named PARENT, so
# letters alone are no sign.
KINDS = {
    b"\xff\xfe": ("UTF-16 text", "Save it as UTF-8."),
    b"\xfe\xff": ("UTF-16 text", "Save it as UTF-8."),
    b"\x1f\x8b": ("compressed by gzip", "Unpack it first (gunzip)."),
    b"BZh[1-9]1AY&SY": ("compressed by bzip2", "Unpack it first (bunzip2)."),
    b"\xfd7zXZ": ("compressed by xz", "Unpack it first (unxz)."),
    rb"\x28\xb5\x2f\xfd": ("compressed by zstd", "Unpack it first (unzstd)."),
    b"PK\x03\x04": ("an Excel workbook or a zip archive", "Save the sheet as 'CSV UTF-8', or unpack the archive."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as 'CSV UTF-8'."),
    rb"PAR1(?:\Z|.*[\x00-\x08\x0e-\x1f])": ("a Parquet file", "Give it a name that ends in .parquet."),
    rb"PARE(?:\Z|.*[\x00-\x08\x0e-\x1f])": ("an encrypted Parquet file", "Decrypt it first."),
    b"ARROW1\x00": ("an Arrow file", "Save it as Parquet or CSV."),
    b"%PDF-[0-9]": ("a PDF file", "Save its table as CSV."),
    rb"\s*<(?:!doctype|!--|\?xml|html|head|body|table|svg)\b": ("HTML or XML", "Save its table as CSV."),
}


def is_parquet(path: Path) -> bool:
    """Tell Parquet from CSV by the name; any other ending is an error."""
    if (ending := path.suffix.lower()) not in (".csv", ".parquet"):
        raise UserError(f"{path}: expected a name that ends in .csv or .parquet.")
    return ending == ".parquet"


def check_target(path: Path) -> None:
    """Check that a result can take this name: it ends in .csv or .parquet, and what is there is a file or nothing."""
    is_parquet(path)
    try:
        check_regular(path, "expected the name of a file.")
    except FileNotFoundError:
        return


def check_kind(path: Path) -> None:
    """Check that a file is one, and that its first bytes are those of the kind that its name says.

    Raises
    ------
    UserError
        If it is a folder, pipe or device (opening one could wait for ever), or another kind of file.
    OSError
        If it is not there or not readable.
    """
    expected = b"PAR1" if is_parquet(path) else b""
    check_regular(path, "expected a .csv or .parquet file.")
    with path.open("rb") as file:
        start = file.read(START)
    if expected and start.startswith(expected):
        return
    for magic, (kind, remedy) in KINDS.items():
        if re.match(magic, start, re.DOTALL | re.IGNORECASE):
            raise UserError(f"{path}: is {kind}, not what its name says. {remedy}")
    if expected:
        what = "is empty" if not start else "is no Parquet file, or its beginning is damaged"
        raise UserError(f"{path}: {what}. If it is text with commas, give it a name that ends in .csv.")


def check_regular(path: Path, expected: str) -> None:
    """Check that a path is a file; opening a pipe or device could wait for ever."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UserError(f"{path}: is a folder; {expected}")
    if not stat.S_ISREG(mode):
        raise UserError(f"{path}: is a pipe, socket or device; {expected}")


DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a bar", ":": "a colon"}
DECIMAL_COMMA = re.compile("[0-9],[0-9]")
MOST_NAMED = 30
MOST_APART = 3  # misspelt names are named each, more of them by one example
MEND = "Mend the file, or the contract under conf/data/."


def check_header(
    path: Path,
    found: Sequence[str],
    needed: Sequence[str],
    known: Collection[str] | None = None,
    second: Sequence[str] = (),
) -> None:
    """Check a file's column names against the contract.

    Parameters
    ----------
    path
        The file, for the message.
    found
        Its column names.
    needed
        The columns that must be there, once.
    known
        All columns that may be there; any, if None.
    second
        The cells of the line below, to find the header there.

    Raises
    ------
    UserError
        If a column is missing, not known, or there twice.
    """
    problems = _problems(found, needed, known)
    if not problems:
        return
    hint = _hint(found, needed, second)
    expected = f"Expected the columns {_listed(needed if known is None else known)}."
    raise UserError(f"{path}: {hint} {expected}" if hint else f"{path}: {_listed(problems, '; ')}. {expected} {MEND}")


def _problems(found: Sequence[str], needed: Sequence[str], known: Collection[str] | None) -> list[str]:
    there, written = Counter(found), {_loose(name): name for name in found}
    problems = [_missing(name, written.get(_loose(name))) for name in needed if name not in there]
    problems += _extra(there, needed, known) if known is not None else []
    twice = there if known is not None else needed
    return problems + [f"column {plain(name)!r} is there twice" for name in sorted(twice) if there[name] > 1]


def _missing(name: str, found: str | None) -> str:
    as_found = f", {plain(found)!r} is; write it as in the contract" if found is not None else ""
    return f"column {name!r} is not there{as_found}"


def _extra(there: Collection[str], needed: Sequence[str], known: Collection[str]) -> list[str]:
    misspelt = set(map(_loose, needed))
    extra = [plain(name) for name in there if name not in known and _loose(name) not in misspelt]
    what = "remove it from the file, or name it under `columns`; `takeback score` ignores such columns"
    return [f"column {name!r} is not in the contract" for name in extra[:-1]] + [
        f"column {name!r} is not in the contract ({what})" for name in extra[-1:]
    ]


def _hint(found: Sequence[str], needed: Sequence[str], second: Sequence[str]) -> str:
    """Return the one cause that explains the missing columns, if there is one."""
    missing = set(needed) - set(found)
    for delimiter, word in DELIMITERS.items():
        cells = [cell.strip('" ') for cell in ",".join(found).split(delimiter)]
        if len(cells) > len(found) and missing & set(cells):
            comma = ", and a decimal point instead of a comma" if DECIMAL_COMMA.search(",".join(second)) else ""
            return f"its cells are divided by {word}. Save it with a comma between cells{comma}."
    if missing and len(missing & set(second)) > len(needed) / 2:
        return "the column names stand in the second line. Remove the line above them."
    written = {_loose(name): plain(name) for name in found}
    if len(missing) > MOST_APART and all(_loose(name) in written for name in missing):
        name = next(name for name in needed if name in missing)
        example = f"{name!r} is not there, {written[_loose(name)]!r} is; write it as in the contract"
        return f"{len(missing)} column names have another case or other spaces than in the contract: {example}."
    return ""


def _loose(name: str) -> str:
    return "".join(name.split()).casefold()


def _listed(names: Collection[str], between: str = ", ") -> str:
    more = len(names) - MOST_NAMED
    return between.join(map(str, list(names)[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
