"""Pushing to the Git remote, which may have several push URLs. Each is atomic; all of them together can't be."""

from urllib.parse import urlsplit

from takeback.common.errors import UserError
from takeback.common.shown import plain
from takeback.release.tags import ORIGIN
from takeback.repository.git import git


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
