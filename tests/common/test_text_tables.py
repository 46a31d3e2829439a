import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from takeback.common.shown import markdown
from takeback.common.text_tables import markdown_table, text_table

ROWS = [["a", "1"], ["longer", "1,000"]]
RENDER = MarkdownIt("commonmark").enable("table").render


def test_words_stand_to_the_left_and_numbers_to_the_right():
    assert text_table(["name", "n"], ROWS, right=1) == "name        n\na           1\nlonger  1,000"
    assert text_table(["name", "n"], ROWS) == "name    n\na       1\nlonger  1,000"
    ruled = text_table(["name", "n"], ROWS, right=1, rule=True)
    assert ruled == "name        n\n------  -----\na           1\nlonger  1,000"


def test_markdown_has_the_same_sides():
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in markdown_table(["n", "v"], ROWS, 1).split("\n")
    ]
    assert rows[0] == ["n", "v"] and rows[2:] == ROWS
    assert rows[1][0].startswith(":-") and rows[1][1].endswith("-:")


@pytest.mark.parametrize("cell", ["", "   ", "0012", "1e5", "True", "nan", "-", "1.50", " ▁█"])
def test_a_cell_is_shown_as_it_is(cell):
    assert text_table(["", "y"], [[cell, "end"]]).split("\n")[1] == f"{cell:<2}  end"


def test_wide_characters_take_two_places():
    assert text_table(["x", "y"], [["日本", "z"], ["abcd", "z"]]).split("\n")[1:] == ["日本  z", "abcd  z"]


@pytest.mark.parametrize("cell", ["a\nb", "\x1b[31mred", "\x01", "\u202eevil", "two\rlines", "\x9b2J", "\u2028"])
def test_no_cell_breaks_a_row_or_commands_a_terminal(cell):
    text = text_table(["x", "y"], [["name", "end"], [cell, cell]], rule=True)
    assert len(text.split("\n")) == 4
    assert all(char == "\n" or char.isprintable() for char in text)


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_every_row_is_one_line_whatever_it_holds(rows):
    text = text_table(["x", "y"], rows)
    assert text.count("\n") == len(rows)
    assert all(char == "\n" or char.isprintable() for char in text)


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_every_row_of_markdown_is_one_row_of_the_page(rows):
    page = RENDER(markdown_table(["x", "y"], [[*map(markdown, row)] for row in rows]))
    assert page.count("<tr>") == len(rows) + 1
    assert page.count("<td") == 2 * len(rows)
