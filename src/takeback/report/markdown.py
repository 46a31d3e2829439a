"""Words of people in Markdown."""

import re

# What Markdown or the HTML in it would take for markup; names and words come from people's data.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@])")


def escaped(text: str) -> str:
    """Write a text so that Markdown shows it as it is, on one line."""
    return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))
