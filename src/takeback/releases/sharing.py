"""Tags and the Git remote, everybody's truth, with all its push URLs: each is atomic, all of them together can't be."""

from collections.abc import Set
from urllib.parse import urlsplit

from takeback.common.errors import UserError
from takeback.common.shown import plain, warn_once
from takeback.releases.approval_tags import APPROVAL, FOLDER
from takeback.releases.environment_tags import ARTIFACT, MOVE, events, of_environment, registration
from takeback.releases.tags import ORIGIN, Tag, delete_tag, find_tag, read_tags, tags_at_origin
from takeback.releases.versions import Version
from takeback.repository.git import git

KEPT = "refs/takeback/overwritten"


def fetch_tags() -> set[str]:
    """Fetch the tags of releases, approvals and moves, and no other; return the names of all tags at the Git remote.

    One that is another there than here is taken from there, and the one from here is kept and named.

    Raises
    ------
    UserError
        If the remote cannot be read, or a release tag here is not the one there.
    """
    theirs = tags_at_origin()
    for tag in read_tags("refs/tags/v*"):
        if Version.parse(tag.name) and theirs.get(tag.name, tag.object) != tag.object:
            raise UserError(
                f"{tag.name} here (by {tag.by}) and at {ORIGIN} are two tags. "
                f"If theirs is right: `git tag -d {tag.name}` and `git fetch --tags {ORIGIN}`."
            )
    mine = {
        tag.name: tag
        for pattern in ("v*", f"{FOLDER}/**", f"{ARTIFACT}[@#]*")
        for tag in read_tags(f"refs/tags/{pattern}")
    }
    here = {name: tag.object for name, tag in mine.items()}
    wanted = [name for name, its_object in theirs.items() if is_ours(name) and here.get(name) != its_object]
    moved = [mine[name] for name in wanted if name in mine]
    kept = [_keep(tag) for tag in moved]
    if wanted:
        git(
            *("fetch", "--quiet", "--no-prune", "--no-tags", "--stdin", ORIGIN),
            given="".join(f"+refs/tags/{name}:refs/tags/{name}\n" for name in wanted),
        )
    for tag, place in zip(moved, kept, strict=True):
        now = find_tag(tag.name)
        warn_once(
            f"history was overwritten at {ORIGIN}: {_described(tag)} is now {_described(now) if now else 'gone'}. "
            f"The old tag is kept: `git cat-file tag '{place}'`"
        )
    return set(theirs)


def is_ours(name: str) -> bool:
    """Say whether a tag's name is that of a release, of GTO's tag for one, of an approval, or of a move."""
    release = Version.parse(name.removeprefix(registration("")))
    return bool(release or APPROVAL.fullmatch(name) or MOVE.fullmatch(name))


def overwritten() -> list[str]:
    """Return a line for each tag that was overwritten or removed at the Git remote and is kept here."""
    printed = git("for-each-ref", "--format=%(refname)", KEPT)
    return [
        f"{name.removeprefix(KEPT + '/')} is kept: `git cat-file tag '{name}'`" for name in printed.split("\n") if name
    ]


def _keep(tag: Tag) -> str:
    """Keep a tag's object under a name that nothing fetches over."""
    place = f"{KEPT}/{tag.name}/{tag.object[:12]}"
    git("update-ref", place, tag.object)
    return place


def _described(tag: Tag) -> str:
    return f"{tag.name} ({tag.value('Version') or tag.commit[:8]}, by {tag.by}: {tag.value('Reason') or tag.subject})"


def name_unshared(shared: Set[str]) -> None:
    """Name each move that is here and not at the Git remote: a run was interrupted, or somebody removed it there."""
    for event in events():
        if event.tag.name not in shared:
            warn_once(f"{_described(event.tag)} is not at {ORIGIN}: nobody else sees it, and the next move drops it")


def drop_unshared(environment: str, shared: Set[str]) -> None:
    """Remove an environment's tags that an interrupted run left here and nobody else has seen.

    Raises
    ------
    UserError
        If such a tag was made by hand or without a Git remote: a person decides.
    """
    for event in of_environment(events(), environment):
        if event.tag.name in shared:
            continue
        if event.tag.value("Remote") != ORIGIN:
            raise UserError(
                f"{event.tag.name} is here and not at {ORIGIN} (by {event.by}). "
                f"To share it: `git push {ORIGIN} '{event.tag.name}'`. To forget it: `git tag -d '{event.tag.name}'`."
            )
        warn_once(
            f"{_described(event.tag)} is not at {ORIGIN}: a run was interrupted, or somebody removed it there. "
            f"It no longer counts, and is kept: `git cat-file tag '{_keep(event.tag)}'`"
        )
        delete_tag(event.tag.name)


class PartlyPushedError(UserError):
    """Some push URLs have it and some not; the same push completes it."""


def push_urls() -> list[str]:
    """Return where `git push` goes: the URLs of `remote.origin.pushurl`, else those of `remote.origin.url`."""
    return git("remote", "get-url", "--push", "--all", ORIGIN).splitlines()


def shown(url: str) -> str:
    """Return a URL as it may be shown, without a name or a password in it."""
    parts = urlsplit(url) if "://" in url else None
    return plain(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts and parts.netloc else url)


def objects_at(url: str, pattern: str = "*") -> dict[str, str]:
    """Return the tags that a URL has and their objects."""
    lines = [
        line.split("\t") for line in git("ls-remote", "--tags", "--refs", "--end-of-options", url, pattern).splitlines()
    ]
    return {name.removeprefix("refs/tags/"): identifier for identifier, name in lines}


def lacking(name: str, identifier: str) -> list[str]:
    """Return the push URLs that do not have a tag's object, or can't be asked."""
    return [url for url in push_urls() if not _has(url, name, identifier)]


def push(*names: str) -> None:
    """Push refs to the Git remote, all or none at each URL, and to none if the first one refuses.

    Raises
    ------
    PartlyPushedError
        If the first URL has them and another one has not.
    UserError
        If the first URL refuses; then no other one was tried.
    """
    first, *others = push_urls()
    git("push", "--quiet", "--atomic", *(["--end-of-options", first] if others else [ORIGIN]), *names)
    push_others(*names)


def push_others(*names: str) -> None:
    """Push refs that the first URL has to the other ones.

    Raises
    ------
    PartlyPushedError
        If one of them refuses.
    """
    first, *others = push_urls()
    failed = {url: said for url in others if (said := _said(url, names))}
    if failed:
        has = ", ".join(shown(url) for url in (first, *others) if url not in failed)
        lacks = "; ".join(f"{shown(url)} has not ({said})" for url, said in failed.items())
        raise PartlyPushedError(f"{has} has it; {lacks}. The same command completes it when that can be reached.")


def _said(url: str, names: tuple[str, ...]) -> str:
    try:
        return git("push", "--quiet", "--atomic", "--end-of-options", url, *names)
    except UserError as error:
        return str(error) or "it failed"


def _has(url: str, name: str, identifier: str) -> bool:
    try:
        return objects_at(url, f"refs/tags/{name}").get(name) == identifier
    except UserError:
        return False
