"""A file's column names against the contract, with the likely cause where they differ."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.shown import plain

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
