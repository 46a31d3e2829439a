"""Version numbers and what raises which of them: pure functions over two releases' settings."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

MAJOR, MINOR, PATCH = BUMPS = ("major", "minor", "patch")
# What a consumer neither sends nor reads.
_QUIET = {"label", "monotone"}
_SENT = {"id", "date", "target", "amount", "missing", "protected"}
_ABSENT = object()


class Version(NamedTuple):
    """A semantic version."""

    major: int
    minor: int
    patch: int

    @staticmethod
    def parse(name: str) -> "Version | None":
        """Return the version of a tag's name, or None if it is not vMAJOR.MINOR.PATCH."""
        part = "(0|[1-9][0-9]{0,8})"
        match = re.fullmatch(rf"v{part}\.{part}\.{part}", name)
        return Version(int(match[1]), int(match[2]), int(match[3])) if match else None

    def raised(self, bump: str) -> "Version":
        """Return the version after a change of this size."""
        place = BUMPS.index(bump)
        return Version._make([*self[:place], self[place] + 1, *[0] * (2 - place)])

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"


class ReleaseFacts(NamedTuple):
    """What decides the next version: the settings, who is champion, its features and the data."""

    params: Mapping[str, Any]
    champion: str
    features: tuple[str, ...]
    source_sha256: str


class BumpReason(NamedTuple):
    """One difference, and which part of the version it raises."""

    bump: str
    text: str


class Flips(NamedTuple):
    """How many of the applicants whom both releases decided on get another decision, and what share is no patch."""

    applicants: int
    flipped: int
    minor: float


def reasons(before: ReleaseFacts, after: ReleaseFacts, flips: Flips | None = None) -> list[BumpReason]:
    """Return every difference between two releases, the weightiest first.

    Major: a consumer or policy owner must act, because the input contract, the reasons or the policy have another
    shape. Minor: other features, another kind of model, other data, or more flips than that. Patch: all else.
    """
    found = [*_results(before, after), *_settings(before.params, after.params), *_flips(flips)]
    if not found:
        found = [BumpReason(PATCH, "same settings, features and data: a refit or a fix of code")]
    return sorted(found, key=lambda reason: BUMPS.index(reason.bump))


def _results(before: ReleaseFacts, after: ReleaseFacts) -> Iterator[BumpReason]:
    if before.champion != after.champion:
        yield BumpReason(MINOR, f"champion: {before.champion} -> {after.champion}")
    came = sorted(set(after.features) - set(before.features))
    went = sorted(set(before.features) - set(after.features))
    if came or went:
        yield BumpReason(MINOR, f"features: {', '.join([f'+{name}' for name in came] + [f'-{name}' for name in went])}")
    if before.source_sha256 != after.source_sha256:
        yield BumpReason(MINOR, f"source data: sha256 {before.source_sha256[:12]} -> {after.source_sha256[:12]}")


def _flips(flips: Flips | None) -> Iterator[BumpReason]:
    if flips and flips.flipped:
        share = flips.flipped / flips.applicants
        text = f"decisions: {share:.1%} of {flips.applicants:,} applicants flip"
        yield BumpReason(MINOR if share > flips.minor else PATCH, text)


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[BumpReason]:
    for path, old, new in _differences(before, after):
        change = "added" if old is _ABSENT else "removed" if new is _ABSENT else f"{_short(old)} -> {_short(new)}"
        shape = old is _ABSENT or new is _ABSENT
        yield BumpReason(_bump(path, shape), f"{'.'.join(path)}: {change}")


def _bump(path: tuple[str, ...], shape: bool) -> str:
    match path:
        case ("data", key, *_) if key in _SENT:
            return MAJOR
        case ("data", "columns", *rest) if len(rest) < 2 or rest[1] not in _QUIET:
            return MAJOR
        case ("data", "reasons", _) | ("policy", *_) if shape:
            return MAJOR
        case ("data", "name") | ("data", "derived", _) | ("data", "derived", _, "expression") | ("scenario", *_):
            return MINOR
    return PATCH


def _differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            yield from _differences(before.get(key, _ABSENT), after.get(key, _ABSENT), (*path, str(key)))
    elif before != after:
        yield path, before, after


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
