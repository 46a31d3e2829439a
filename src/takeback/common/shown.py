"""Text of other people (files, names, Git) made safe where it is shown: each place has its own markup."""

import json
import re
import sys
import unicodedata
from functools import cache
from typing import Any

# Control, format (bidirectional marks among them), surrogate, private and unassigned characters, line separators.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What Markdown takes for markup anywhere; a line below a word's letters is none.
_SPECIAL = re.compile(r"([\\`*{}\[\]#|~$]|(?<![^\W_])_|_(?![^\W_]))")
# At the start of a line: a list, a rule, a heading's underline.
_START = re.compile(r"^([-+=](?=\s|$|[-=])|[0-9]+(?=[.)](?:\s|$)))")
_HTML = {"&": "&amp;", "<": "&lt;"}  # a > means something at the start of a line alone
# GitHub finds these in the page that Markdown has become, so no escaping helps; a character of no width in them does.
_LINKED = re.compile(r"@|#(?=[0-9])|\bGH-(?=[0-9])|\b(?:https?|ftp|mailto|xmpp):|\bwww(?=\.)", flags=re.IGNORECASE)
_BREAK = "&#8203;"


def plain(text: str, keep: str = "\n\t") -> str:
    """Write a text so that a terminal shows it and obeys nothing in it; characters in ``keep`` stay as they are."""
    return "".join(char if char in keep or char.isprintable() else _visible(char) for char in text)


def line(text: str) -> str:
    """Write a text as one line that a terminal shows."""
    return " ".join(plain(text).split())


def markdown(text: str) -> str:
    """Write a text so that Markdown, and HTML within it, shows it as it is, on one line: no markup, mention or link."""
    whole = re.sub("^>", "&gt;", "".join(_HTML.get(char, char) for char in line(text)))
    start = _START.match(whole)
    first = start[0] if start else ""
    begin = f"{first}\\" if first.isdigit() else f"\\{first}" if first else ""
    return begin + _LINKED.sub(_broken, _SPECIAL.sub(r"\\\1", whole[len(first) :]))


def json_text(content: Any) -> str:
    """Write JSON for people and programs: sorted keys, and what a terminal would obey as JSON's own escapes."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return "".join(char if char == "\n" or char.isprintable() else json.dumps(char)[1:-1] for char in text) + "\n"


@cache
def warn_once(text: str) -> None:
    """Say on stderr what is wrong but ends nothing; the same text once in a run."""
    print(f"warning: {line(text)}.", file=sys.stderr)


def _broken(found: re.Match[str]) -> str:
    return f"{found[0]}{_BREAK}"


def _visible(char: str) -> str:
    if unicodedata.category(char) not in HIDDEN:
        return char
    return char.encode("unicode_escape").decode("ascii")
