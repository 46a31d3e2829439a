"""Text that a spreadsheet would run when it opens a CSV file, made harmless."""

import pyarrow as pa
import pyarrow.compute as pc

from takeback.data.cells import NUMBER

# = + - @, as they are or in full width, and what moves the rest of a cell to where it would be run. Not a number: -5.
FORMULA = r"^[\s\x00]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
MARK = "'"


def harmless(table: pa.Table) -> tuple[pa.Table, int]:
    """Put an apostrophe before each text that a spreadsheet would run; return the table and how many there were."""
    changed = 0
    for position, name in enumerate(table.column_names):
        column = table[name] if table.column_names.count(name) == 1 else table.column(position)
        if not pa.types.is_string(column.type):
            continue
        runs = pc.and_not(pc.match_substring_regex(column, FORMULA), pc.match_substring_regex(column, NUMBER))
        if count := pc.sum(runs).as_py():
            changed += count
            marked = pc.if_else(runs, pc.binary_join_element_wise(MARK, column, ""), column)
            table = table.set_column(position, name, marked)
    return table, changed


def harmless_name(name: str) -> str:
    """Return a column's name as `harmless` would write it."""
    return str(harmless(pa.table({"name": [name]}))[0]["name"][0])
