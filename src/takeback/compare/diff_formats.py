"""Sections as plain text for a terminal, and as Markdown for a pull request."""

from collections.abc import Iterable, Mapping
from typing import Any

from takeback.common.shown import json_text, markdown
from takeback.compare.diff_words import Section, Table


def as_text(sections: Iterable[Section]) -> str:
    """Write for a terminal."""
    return "\n\n".join(_text(section) for section in sections) + "\n"


def as_markdown(sections: Iterable[Section]) -> str:
    """Write for a pull request; what follows the first section is folded."""
    first, *rest = sections
    head = "\n".join([f"## {markdown(first.title)}", "", *(f"- {markdown(line)}" for line in first.lines)])
    return "\n\n".join([head, *(_folded(section) for section in rest)]) + "\n"


def as_json(result: Mapping[str, Any]) -> str:
    """Write for another program; docs/diff.md explains the keys."""
    return json_text(result)


def _text(section: Section) -> str:
    head = [section.title, "=" * len(section.title), *section.lines]
    return "\n\n".join(["\n".join(head), *(_text_table(table) for table in section.tables)])


def _text_table(table: Table) -> str:
    widths = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    left = len(widths) - table.right

    def line(cells: list[str]) -> str:
        both = zip(cells, widths, strict=True)
        padded = [text.ljust(width) if i < left else text.rjust(width) for i, (text, width) in enumerate(both)]
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([*([table.title] if table.title else []), line(table.header), rule, *map(line, table.rows)])


def _folded(section: Section) -> str:
    lines = "\n".join(f"{markdown(line)}  " for line in section.lines).rstrip()
    parts = [part for part in (lines, *(_markdown_table(table) for table in section.tables)) if part]
    return "\n\n".join([f"<details><summary><b>{markdown(section.title)}</b></summary>", *parts, "</details>"])


def _markdown_table(table: Table) -> str:
    left = len(table.header) - table.right
    rule = "|".join("---" if i < left else "--:" for i in range(len(table.header)))
    rows = [f"| {' | '.join(map(markdown, row))} |" for row in (table.header, *table.rows)]
    title = [f"**{markdown(table.title)}**", ""] if table.title else []
    return "\n".join([*title, rows[0], f"|{rule}|", *rows[1:]])
