"""Tables for a terminal and in GitHub's Markdown."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from takeback.common.shown import line


def text_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0, rule: bool = False) -> str:
    """Return a table for a terminal: each row is one line, and a terminal obeys nothing in it.

    Parameters
    ----------
    header, rows
        Cells as text.
    right
        How many of the last columns hold numbers, which stand to the right.
    rule
        Whether a line stands below the header.
    """
    shown = [[_cell(cell) for cell in row] for row in (header, *rows)]
    text = _table(shown, right, "simple" if rule else "plain")
    return "\n".join(row.rstrip() for row in text.split("\n"))


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> str:
    """Return a table in Markdown. Cells are Markdown: what other people wrote has passed `shown.markdown`."""
    return _table([header, *rows], right, "pipe")


def _cell(text: str) -> str:
    """Keep the spaces of a text that is shown as it is; a drawing of blocks has some at its beginning."""
    return text if text.isprintable() else line(text)


def _table(lines: Sequence[Sequence[str]], right: int, form: str) -> str:
    header, *rows = lines
    align = ["left"] * (len(header) - right) + ["right"] * right
    return tabulate(rows, header, form, colalign=align, disable_numparse=True, preserve_whitespace=True)
