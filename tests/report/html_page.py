"""A page of HTML, taken apart."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects tags and attributes, and checks that what opens is closed."""

    VOID = ("meta", "path", "use", "rect", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def section(text: str, name: str) -> str:
    """Return a section's words, one space between them."""
    inside = text.partition(f'<section id="{name}">')[2].partition("</section>")[0]
    return re.sub(r"(<[^>]+>|\s)+", " ", inside)
