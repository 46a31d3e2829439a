"""Finds the counts of people that tables of a page or of Markdown show."""

from collections.abc import Iterator
from html.parser import HTMLParser

PEOPLE = {"applicants", "count", "rows", "flipped", "stricter", "milder", "added", "removed", "changed"}
OF_ROWS = {"before", "after"}  # in a table that also says how many rows were added
Table = list[list[str]]


def small_counts(tables: list[Table], least: int = 10) -> list[str]:
    """Return a line for each count of fewer people in a table."""
    return [line for table in tables for line in _of_table(table, least)]


def _of_table(table: Table, least: int) -> Iterator[str]:
    header = [cell.lower() for cell in table[0]]
    people = PEOPLE | (OF_ROWS if "added" in header else set())
    for place, name in enumerate(header):
        for row in table[1:]:
            cell = row[place].replace(",", "") if place < len(row) else ""
            if (name in people or name.startswith("after: ")) and cell.isdigit() and 0 < int(cell) < least:
                yield f"{row[0]}: {name} {cell}"


def in_markdown(text: str) -> list[Table]:
    tables: list[Table] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def in_html(text: str) -> list[Table]:
    page = _Tables()
    page.feed(text)
    return [table for table in page.tables if table]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.inside = False

    def handle_starttag(self, tag, _attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.tables[-1][-1][-1] += data.strip()
