"""Is this a CSV or Parquet file, or something else under its name? Asked before anything is opened for reading."""

import re
import stat
from pathlib import Path

from takeback.common.errors import UserError

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
