import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.shown import markdown, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 30-59 €", "Größe 30-59 €"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("pay\u202eload", "pay\\u202eload"),
        ("two\rlines", "two\\rlines"),
        ("\ud800", "\\ud800"),
    ],
)
def test_plain(text, shown):
    assert plain(text) == shown


@given(st.text())
def test_what_a_terminal_is_shown_has_no_hidden_character(text):
    assert all(char.isprintable() or char in "\n\t" or char.isspace() for char in plain(text))


def test_markdown_is_one_line_without_markup():
    assert markdown("a|b\n<b>*c*</b>") == "a\\|b \\<b\\>\\*c\\*\\</b\\>"
