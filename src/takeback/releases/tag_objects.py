"""The bytes of one tag object, read strictly. Pure: bytes in, a tag out, or what is wrong with it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

LARGEST = 1 << 20  # bytes; a release's tag has a few thousand
# What Git takes for the beginning of a signature; the last such line counts.
SIGNATURE = re.compile(
    r"^-----BEGIN (?:SSH SIGNATURE|PGP SIGNATURE|PGP MESSAGE|SIGNED MESSAGE)-----", flags=re.MULTILINE
)
_HEAD = re.compile(
    r"object (?P<object>[0-9a-f]{40,64})\n"
    r"type (?P<type>[a-z]+)\n"
    r"tag (?P<name>[^\n]+)\n"
    r"tagger (?P<tagger>[^\n<>]*) <(?P<email>[^\n<>]*)> (?P<seconds>[0-9]{1,12}) (?P<zone>[+-][0-9]{4})\n"
    r"(?:gpgsig[^\n]*\n(?: [^\n]*\n)*)*\n"
)


class BadTagError(ValueError):
    """What is wrong with a tag, in words that follow its name."""


class Content(NamedTuple):
    """What a tag object says."""

    commit: str
    tagger: str
    email: str
    date: str
    when: str
    message: str
    trailers: dict[str, list[str]]
    signed: bool


def read_object(content: bytes, name: str) -> Content:
    """Read a tag object that lies under a name.

    Raises
    ------
    BadTagError
        If it is no tag of a commit, was made for another name, or holds what no program of ours or Git's writes.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadTagError("is not UTF-8") from None
    if "\0" in text:
        raise BadTagError("holds a NUL character, behind which Git shows nothing")
    head = _HEAD.match(text)
    if not head:
        raise BadTagError("is no tag object as `git tag --annotate` writes it: object, type, tag, tagger, message")
    if head["type"] != "commit":
        raise BadTagError(f"is on a {head['type']}; expected a commit")
    if head["name"] != name:
        raise BadTagError(f"was made as {head['name']} and put under another name")
    signatures = [match.start() for match in SIGNATURE.finditer(text, head.end())]
    message = text[head.end() : signatures[-1] if signatures else None]
    date = f"{head['seconds']} {head['zone']}"
    made = (head["tagger"].strip(), head["email"].strip(), date, _when(date))
    return Content(head["object"], *made, message, _trailers(message), bool(signatures))


def _when(date: str) -> str:
    seconds, _space, zone = date.partition(" ")
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    try:
        place = timezone(-offset if zone.startswith("-") else offset)
        return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(seconds))).astimezone(place).isoformat()
    except (OverflowError, ValueError):
        raise BadTagError(f"has no date: {date}") from None


def _trailers(message: str) -> dict[str, list[str]]:
    """Read the last paragraph as Git does; its own %(contents:trailers) finds none in a signed tag (Git 2.39)."""
    pairs: dict[str, list[str]] = {}
    for line in message.rstrip("\n\r\t ").rpartition("\n\n")[2].split("\n"):
        key, _colon, value = line.partition(": ")
        pairs.setdefault(key, []).append(value)
    return pairs
