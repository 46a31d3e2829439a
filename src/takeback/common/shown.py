"""Text of other people (files, names, Git) made safe where it is shown: each place has its own markup."""

import re
import unicodedata

# Control, format (bidirectional marks among them), surrogate, private and unassigned characters, line separators.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What Markdown or the HTML in it would take for markup.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@])")


def plain(text: str, keep: str = "\n\t") -> str:
    """Write a text so that a terminal shows it and obeys nothing in it; characters in ``keep`` stay as they are."""
    return "".join(_visible(char) if char not in keep else char for char in text)


def markdown(text: str) -> str:
    """Write a text so that Markdown shows it as it is, on one line."""
    return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", plain(text)))


def _visible(char: str) -> str:
    if unicodedata.category(char) not in HIDDEN:
        return char
    return char.encode("unicode_escape").decode("ascii")
