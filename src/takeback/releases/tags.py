"""Annotated tags: read with their trailers, made, and shared with the Git remote."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.shown import warn_once
from takeback.releases.message import message_problem
from takeback.releases.tag_objects import LARGEST, SIGNATURE, BadTagError, read_object
from takeback.releases.versions import Version
from takeback.repository.git import HERE, git, git_succeeds
from takeback.repository.git_objects import Object, read_objects

ORIGIN = "origin"


class Tag(NamedTuple):
    """A tag of Git. A lightweight one has no tagger, and a bad one has a problem and nothing else to say."""

    name: str
    object: str
    commit: str
    annotated: bool
    tagger: str = ""
    email: str = ""
    date: str = ""
    when: str = ""
    message: str = ""
    trailers: Mapping[str, list[str]] = MappingProxyType({})
    signed: bool = False
    problem: str | None = None

    @property
    def by(self) -> str:
        """Say who made the tag and when."""
        if self.problem:
            return f"it {self.problem}"
        return f"{self.tagger} <{self.email}>, {self.when}" if self.annotated else "nobody knows whom (lightweight)"

    @property
    def subject(self) -> str:
        """Return the first line of the message."""
        return self.message.partition("\n")[0]

    def value(self, key: str) -> str | None:
        """Return the first trailer of this name."""
        return next(iter(self.trailers.get(key, [])), None)


def read_tags(pattern: str = "refs/tags", folder: Path = HERE) -> list[Tag]:
    """Return the tags of a pattern such as refs/tags/v*.

    Each is read by itself, from the bytes of its object; what is wrong with one is its ``problem``.
    """
    # No field that needs an object: one that is missing would end the list. Names of refs have no line ends.
    printed = git("for-each-ref", "--format=%(objectname) %(refname)", pattern, folder=folder)
    refs = [(line[:oid], line[oid + 1 :]) for line in printed.split("\n") if (oid := line.find(" ")) > 0]
    objects = read_objects([identifier for identifier, _ in refs], "tag", LARGEST, folder)
    tags = [
        _tag(name.removeprefix("refs/tags/"), identifier, found)
        for (identifier, name), found in zip(refs, objects, strict=True)
    ]
    targets = read_objects([tag.commit for tag in tags], "commit", -1, folder)
    return [
        tag
        if tag.problem or (at and at.kind == "commit")
        else tag._replace(problem=f"names {tag.commit}, no such commit")
        for tag, at in zip(tags, targets, strict=True)
    ]


def find_tag(name: str, folder: Path = HERE) -> Tag | None:
    """Return the tag of exactly this name."""
    return next((tag for tag in read_tags(f"refs/tags/{name}", folder=folder) if tag.name == name), None)


def releases(*commits: str, folder: Path = HERE) -> dict[Version, Tag]:
    """Return the tags that `takeback release` made, lowest version first; name each that only looks like one.

    A lightweight tag is no release. Whether a release may run, `releases/provenance.py` says.

    Parameters
    ----------
    commits
        As `git rev-list` takes them, such as HEAD: releases of these commits alone. All if none.
    """
    # Not `for-each-ref --merged`, which one tag whose object is corrupt ends.
    within = set(git("rev-list", *commits, "--", folder=folder).split("\n")) if commits else None
    found: dict[Version, Tag] = {}
    for tag in read_tags("refs/tags/v*", folder):
        if within is not None and tag.commit and tag.commit not in within:
            continue
        version = Version.parse(tag.name)
        if version and (problem := release_problem(tag)) and tag.annotated:
            warn_once(f"tag {tag.name} {problem}. It is left out")
        elif version and tag.annotated:
            found[version] = tag
    return dict(sorted(found.items()))


def release_problem(tag: Tag) -> str | None:
    """Say why a tag is none that `takeback release` made, as far as the tag alone tells."""
    if tag.problem:
        return tag.problem
    if not tag.annotated:
        return "is a lightweight tag, not a release; `takeback release` makes releases"
    return message_problem(tag.name, tag.commit, tag.trailers)


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


def create_tag(name: str, commit: str, message: str, sign: bool, as_made: Mapping[str, str] | None = None) -> None:
    """Make an annotated tag with exactly this message; ``as_made`` are Git's variables of who and when.

    Raises
    ------
    UserError
        If it cannot be signed; then there is none. With some missing keys Git makes it unsigned, without an error.
    """
    if SIGNATURE.search(message):
        raise UserError(f"{name}: the message has a line that begins a signature. Say it in other words.")
    how = ["--sign" if sign else "--no-sign", "--cleanup=verbatim", "--file=-"]
    git("tag", "--annotate", *how, "--end-of-options", name, commit, environment=as_made, given=message)
    made = find_tag(name)
    if sign and not (made and made.signed):
        delete_tag(name)
        raise UserError(
            f"{name}: Git did not sign it. `git config user.signingkey` names the key, gpg.format its kind."
        )


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


def _tag(name: str, identifier: str, found: Object | None) -> Tag:
    if found and found.kind != "tag":
        on = None if found.kind == "commit" else f"is on a {found.kind}; expected a commit"
        return Tag(name, identifier, identifier, annotated=False, problem=on)
    try:
        if not found or found.content is None:
            raise BadTagError(f"has {found.size} bytes" if found else "has no object here that can be read")
        content = read_object(found.content, name)
    except BadTagError as error:
        return Tag(name, identifier, "", annotated=True, problem=str(error))
    return Tag(name, identifier, annotated=True, **content._asdict())
