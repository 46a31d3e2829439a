import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import takeback.cli
from takeback.common.shown import json_text, line, markdown, plain, warn_once


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


NASTY = [
    "<script>alert(1)</script>",
    "a|b\n<b>*c*</b> _d_ __e__ snake_case_name ~~f~~ `g`",
    "![x](https://evil.example/p.png) [y](javascript:alert(1)) <img src=x onerror=y>",
    "https://evil.example www.evil.example ftp://evil.example ada@evil.example MAILTO:x@evil.example HTTPS://EVIL",
    "@team/all ping @ada, fixes #12, org/repo#3, GH-4",
    "# heading",
    "- item",
    "1. item",
    "2) item",
    "+ item",
    "---",
    "===",
    "> quote",
    "&lt;b&gt; &#64;ada &copy;",
    "\\@ada \\<b>",
    "[ref]: https://evil.example",
    "<details><summary>",
    "<!-- comment",
    "```",
    "$x$",
]
MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9]|#[0-9]|GH-[0-9]")  # as GitHub looks for them in the page's text
RENDER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render


class Shown(HTMLParser):
    """The tags and the text of a page; GitHub looks at each text by itself."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize(
    ("place", "tags"),
    [
        ("{}", {"p"}),
        ("- {}", {"ul", "li"}),
        ("| a | b |\n|---|---|\n| {} | end |", {"table", "thead", "tbody", "tr", "th", "td"}),
        ("<details><summary><b>{}</b></summary></details>", {"details", "summary", "b"}),
    ],
)
def test_markdown_shows_the_text_and_nothing_else(text, place, tags):
    page = Shown(RENDER(place.format(markdown(text))))
    assert page.tags == tags
    shown = "".join(page.texts)
    assert not any(MENTION.search(part) for part in page.texts)
    assert not re.search(
        r"https?://|www\.|ftp://|mailto:\w|[\w]@[\w]", shown, re.IGNORECASE
    )  # GitHub's automatic links
    if "details" not in tags:  # within HTML a backslash stays a backslash
        assert line(text) in shown.replace("\u200b", "")


@given(st.text(alphabet="ab1 <>&*_[]()!|`#~@\\\n-+.:/$"))
def test_markdown_has_no_markup_whatever_the_text(text):
    page = Shown(RENDER(f"| a | b |\n|---|---|\n| {markdown(text)} | end |"))
    assert page.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert not any(MENTION.search(part) for part in page.texts)
    assert len(page.texts) and "end" in page.texts


@given(st.text())
def test_json_stays_json_and_obeys_no_terminal(text):
    written = json_text({"a": text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")})
    assert all(char.isprintable() or char == "\n" for char in written)
    assert json.loads(written) == {"a": text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")}


def test_a_warning_is_one_safe_line_and_said_once(capsys):
    warn_once("tag \x1b[31m\nv1\x01 is bad")
    warn_once("tag \x1b[31m\nv1\x01 is bad")
    assert capsys.readouterr().err == "warning: tag \\x1b[31m v1\\x01 is bad.\n"


def test_every_command_prints_through_one_place():
    """`say` makes text safe; a command that printed by itself would not."""
    commands = Path(takeback.cli.__file__).parent
    own = [
        path.name for path in commands.glob("*.py") if re.search(r"\b(typer|click)\.echo|\bprint\(", path.read_text())
    ]
    assert own == ["app.py"]
