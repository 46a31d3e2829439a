"""Annotated tags: read with their trailers, made, and shared with the Git remote."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.release.versions import Version
from takeback.repository.git import HERE, git, git_succeeds

ORIGIN = "origin"
_FIELDS = (
    "refname:strip=2",
    "objecttype",
    "objectname",
    "*objectname",
    "taggername",
    "taggeremail:trim",
    "taggerdate:raw",
    "taggerdate:iso-strict",
    "contents:subject",
    "contents:body",
    "contents:signature",
)
_FORMAT = "%00".join(f"%({field})" for field in _FIELDS) + "%00%01"


class Tag(NamedTuple):
    """A tag of Git; a lightweight one has no tagger."""

    name: str
    type: str
    object: str
    commit: str
    tagger: str
    email: str
    date: str
    when: str
    subject: str
    body: str
    trailers: dict[str, list[str]]
    signed: bool

    @property
    def annotated(self) -> bool:
        """Say whether the tag has a tagger and a message."""
        return self.type == "tag"

    @property
    def by(self) -> str:
        """Say who made the tag and when."""
        return f"{self.tagger} <{self.email}>, {self.when}" if self.annotated else "nobody knows whom (lightweight)"

    def value(self, key: str) -> str | None:
        """Return the first trailer of this name."""
        return next(iter(self.trailers.get(key, [])), None)


def read_tags(*arguments: str, folder: Path = HERE) -> list[Tag]:
    """Return tags by ``git for-each-ref``: patterns such as refs/tags/v*, or --points-at and the like."""
    printed = git("for-each-ref", f"--format={_FORMAT}", *(arguments or ("refs/tags",)), folder=folder)
    return [_tag(record.lstrip("\n").split("\0")) for record in printed.split("\1") if record.strip()]


def releases(*arguments: str, folder: Path = HERE) -> dict[Version, Tag]:
    """Return the release tags, lowest version first. A lightweight tag is no release."""
    tags = {Version.parse(tag.name): tag for tag in read_tags(*arguments, "refs/tags/v*", folder=folder)}
    return {version: tags[version] for version in sorted(filter(None, tags)) if tags[version].annotated}


def check_identity(folder: Path = HERE) -> None:
    """Check that Git knows who makes a tag, by the user's settings and not by a guess.

    Raises
    ------
    UserError
        If it does not.
    """
    if not git_succeeds("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT", folder=folder):
        raise UserError(
            "Git does not know who you are, and a tag says who made it. "
            "`git config --global user.name 'Your Name'` and `git config --global user.email you@example.org`."
        )


def create_tag(name: str, commit: str, message: str, *options: str, as_made: Mapping[str, str] | None = None) -> None:
    """Make an annotated tag with exactly this message; ``as_made`` are Git's variables of who and when."""
    git("tag", "--annotate", "--cleanup=verbatim", f"--message={message}", *options, name, commit, environment=as_made)


def delete_tag(name: str) -> None:
    """Remove a tag of this clone, if it is there."""
    git("update-ref", "-d", f"refs/tags/{name}")


def has_origin() -> bool:
    """Say whether there is a Git remote to share tags with."""
    return ORIGIN in git("remote").splitlines()


def tags_at_origin() -> dict[str, str]:
    """Return the tags of the Git remote and their objects."""
    lines = [line.split("\t") for line in git("ls-remote", "--tags", "--refs", ORIGIN).splitlines()]
    return {name.removeprefix("refs/tags/"): identifier for identifier, name in lines}


def _tag(fields: list[str]) -> Tag:
    name, kind, identifier, commit, tagger, email, date, when, subject, body, signature, _ = fields
    made = (tagger, email, date, when, subject, body)
    return Tag(name, kind, identifier, commit or identifier, *made, _trailers(body), bool(signature))


def _trailers(body: str) -> dict[str, list[str]]:
    """Read the last paragraph as Git does; its own %(contents:trailers) finds none in a signed tag (Git 2.39)."""
    pairs: dict[str, list[str]] = {}
    for line in body.rstrip().rpartition("\n\n")[2].splitlines():
        key, _colon, value = line.partition(": ")
        pairs.setdefault(key, []).append(value)
    return pairs
