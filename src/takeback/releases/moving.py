"""Moving an environment to a release: everything is checked before anything moves, and all tags arrive together."""

import re
import time
from contextlib import suppress
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.shown import line
from takeback.releases.destination import check_shareable
from takeback.releases.environment_tags import (
    ARTIFACT,
    ENVIRONMENT,
    LAST,
    STAGE,
    UNCHECKED,
    Event,
    events,
    in_environment,
    of_environment,
    register,
    registration,
)
from takeback.releases.sharing import PartlyPushedError, drop_unshared, fetch_tags, lacking, push, push_others
from takeback.releases.signing import check_key, required, wanted
from takeback.releases.tags import ORIGIN, Tag, check_identity, create_tag, delete_tag, find_tag, has_origin, read_tags
from takeback.repository.git import git

PROMOTE, ROLLBACK = "promote", "rollback"


class Move(NamedTuple):
    """What was asked: to bring a release to an environment, how and why, and whether without asking what it is."""

    action: str
    environment: str
    version: str
    reason: str
    unchecked: bool = False


class Environment(NamedTuple):
    """An environment as everybody knows it after a fetch: its events, and what it holds (see `in_environment`)."""

    name: str
    history: list[Event]
    holds: list[Event]
    shared: frozenset[str] = frozenset()  # the names of all tags at the Git remote

    @property
    def now(self) -> Event | None:
        """Return the event of the release that runs."""
        return self.holds[-1] if self.holds else None


def open_environment(name: str) -> Environment:
    """Fetch and read an environment; remove what an interrupted run left.

    Raises
    ------
    UserError
        If the name is none, Git knows no user, or the Git remote cannot be read.
    """
    if not ENVIRONMENT.fullmatch(name):
        raise UserError(f"{name}: is no name for an environment. Expected letters and digits, - or _ between them.")
    check_identity()
    shared = frozenset(fetch_tags() if has_origin() else ())
    if has_origin():
        drop_unshared(name, shared)
    history = of_environment(events(), name)
    return Environment(name, history, in_environment(history), shared)


def is_done(environment: Environment, version: str | None, reason: str) -> bool:
    """Say whether this very rollback has happened, so that a run after a kill does not go one release further."""
    now = environment.now
    if not now or version:
        return bool(now and now.version == version)
    me = git("var", "GIT_COMMITTER_IDENT").rpartition("> ")[0]
    same = (ROLLBACK, line(reason), me)
    return same == (now.tag.value("Action"), now.tag.value("Reason"), f"{now.tag.tagger} <{now.tag.email}")


def rollback_target(environment: Environment) -> str:
    """Return the version that the environment would go back to."""
    if not environment.now:
        raise UserError(f"{environment.name}: no release is there. `takeback promote VERSION --to {environment.name}`.")
    if len(environment.holds) < 2:
        raise UserError(
            f"{environment.name}: nothing to go back to from {environment.now.version}. "
            f"Say the version: `takeback rollback {environment.name} --to VERSION --reason ...`; `git tag -l 'v*'`."
        )
    return environment.holds[-2].version


def move(asked: Move, environment: Environment, release: Tag) -> Event:
    """Make the tags and push them all or none.

    Raises
    ------
    UserError
        If somebody else was faster or the Git remote refuses. Then this clone has no tag more than before.
    """
    if required():
        check_key()  # nobody would follow it
    if has_origin() and release.name not in environment.shared and not asked.unchecked:
        check_shareable(release.name)
    name = _name(environment)
    as_made, registered = {"GIT_COMMITTER_DATE": _date(environment)}, register(release)
    try:
        create_tag(name, release.commit, _message(asked, environment), sign=wanted(), as_made=as_made)
    except UserError:
        if registered:
            delete_tag(registered)
        raise
    if has_origin():
        _push(name, [name, *filter(None, [registered])], release)
    return of_environment(events(), environment.name)[-1]


def _name(environment: Environment) -> str:
    """Return the next name after the environment's moves that Git can give: no tag has it, or lies below it."""
    number = max((event.number for event in environment.history), default=0) + 1
    before = f"{ARTIFACT}#{environment.name}#"
    taken = {name.removeprefix(before).partition("/")[0] for name in environment.shared if name.startswith(before)}
    while str(number) in taken or read_tags(f"refs/tags/{before}{number}"):
        number += 1
    if number > LAST:
        raise UserError(
            f"{before}{LAST} leaves no number for another move. If it is none: `git push {ORIGIN} --delete` it and "
            "`git tag -d` it."
        )
    return f"{before}{number}"


def _push(name: str, new: list[str], release: Tag) -> None:
    mine = find_tag(name)
    assert mine
    try:
        push(*_names(name, release.name))
    except PartlyPushedError as error:
        raise UserError(f"{name} is not everywhere yet: {error}") from None
    except UserError as error:
        for tag in new:
            delete_tag(tag)
        with suppress(UserError):  # the remote may be gone; the first error says so
            fetch_tags()
        theirs = next((event for event in events() if event.tag.name == name), None)
        if theirs and _same(theirs.tag, mine):
            return push_others(*_names(name, release.name))
        if theirs:
            raise UserError(
                f"{theirs.environment} was moved to {theirs.version} meanwhile by {theirs.by}. Yours is taken back. "
                "`takeback environments` shows what runs where; run this again if it is still needed."
            ) from None
        raise UserError(f"nothing has moved, the tags are taken back: {error}") from None


def complete(done: Event) -> None:
    """Push a move again if one of several push URLs did not get it.

    Raises
    ------
    UserError
        If it still does not.
    """
    if has_origin() and lacking(done.tag.name, done.tag.object):
        push(*_names(done.tag.name, done.version))


def _names(moved: str, release: str) -> list[str]:
    return [f"refs/tags/{tag}" for tag in (release, registration(release), moved)]


def _message(asked: Move, environment: Environment) -> str:
    came = f"{environment.now.version} -> {asked.version}" if environment.now else asked.version
    reason = line(asked.reason)
    trailers = [
        f"Action: {asked.action}",
        f"{STAGE}: {asked.environment}",
        f"Version: {asked.version}",
        f"Reason: {reason}",
    ]
    shared = [f"Remote: {ORIGIN}"] if has_origin() else []
    forced = [f"{UNCHECKED}: its origin, lock, gate and signature"] if asked.unchecked else []
    how = f"{asked.action} {environment.name}{', unchecked' if asked.unchecked else ''}: {came}"
    return "\n\n".join([how, reason, "\n".join([*trailers, *shared, *forced])]) + "\n"


def _same(theirs: Tag, mine: Tag) -> bool:
    """Say whether a tag is this very move, pushed by a run that was killed before it could say so."""
    return (theirs.message, theirs.tagger, theirs.email) == (mine.message, mine.tagger, mine.email)


def _date(environment: Environment) -> str:
    """Return now, but later than the environment's last tag: GTO orders by time, and somebody's clock may be behind."""
    times = [int(re.split(r"\s", event.tag.date)[0]) + 1 for event in environment.history]
    return f"{max(int(time.time()), *times, 0)} +0000"
