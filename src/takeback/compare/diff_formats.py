"""Sections as plain text for a terminal, and as Markdown for a pull request."""

from collections.abc import Iterable, Mapping
from typing import Any

from takeback.common.shown import json_text, markdown
from takeback.common.text_tables import markdown_table, text_table
from takeback.compare.diff_words import DiffSection, Table


def as_text(sections: Iterable[DiffSection]) -> str:
    """Write for a terminal."""
    return "\n\n".join(_text(section) for section in sections) + "\n"


def as_markdown(sections: Iterable[DiffSection]) -> str:
    """Write for a pull request; what follows the first section is folded."""
    first, *rest = sections
    head = "\n".join([f"## {markdown(first.title)}", "", *(f"- {markdown(line)}" for line in first.lines)])
    return "\n\n".join([head, *(_folded(section) for section in rest)]) + "\n"


def as_json(result: Mapping[str, Any]) -> str:
    """Write for another program; docs/diff.md explains the keys."""
    return json_text(result)


def _text(section: DiffSection) -> str:
    head = [section.title, "=" * len(section.title), *section.lines]
    return "\n\n".join(["\n".join(head), *(_text_table(table) for table in section.tables)])


def _text_table(table: Table) -> str:
    title = f"{table.title}\n" if table.title else ""
    return title + text_table(table.header, table.rows, table.right, rule=True)


def _folded(section: DiffSection) -> str:
    lines = "\n".join(f"{markdown(line)}  " for line in section.lines).rstrip()
    parts = [part for part in (lines, *(_markdown_table(table) for table in section.tables)) if part]
    return "\n\n".join([f"<details><summary><b>{markdown(section.title)}</b></summary>", *parts, "</details>"])


def _markdown_table(table: Table) -> str:
    title = f"**{markdown(table.title)}**\n\n" if table.title else ""
    header, *rows = [[*map(markdown, row)] for row in (table.header, *table.rows)]
    return title + markdown_table(header, rows, table.right)
