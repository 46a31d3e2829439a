"""Kill (-9) a release where it matters most: amid its data, and between the tag here and the tag at origin."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bank import STORAGE, Bank
from tests.clones import Repository

from benchmarks.interrupt import Aim, Trigger, moment, run_until
from benchmarks.proof import Proof
from benchmarks.record import say
from benchmarks.shared_releases import incomplete_releases, tag_is_shared

CLAIM = (
    "killed (-9) {} and run again, `{}` completes with exit code 0; in between, nobody else sees a half-made release"
)
RELEASE, PROMOTE, PUSH = "takeback release v1.2.0", "takeback promote v1.1.0 --to canary", "dvc push"
AMID, BETWEEN = "while its data are pushed", "between making and pushing its tags"
ATTEMPTS = 4  # for each kill, until the window is met


class Window(NamedTuple):
    """What is killed, when, how often, and what then completes the work: a tag at a commit, by a command."""

    name: str
    when: str
    killed: str
    completes: str
    tag: str
    commit: str
    kills: int


WINDOWS = (
    Window("release, amid its data", AMID, RELEASE, RELEASE, "v1.2.0", "main", 20),
    Window("release after a push by hand", AMID, PUSH, RELEASE, "v1.2.0", "main", 10),
    Window("release, between its tags", BETWEEN, RELEASE, RELEASE, "v1.2.0", "main", 30),
    Window("promote, between its tags", BETWEEN, PROMOTE, PROMOTE, "credit#canary#1", "v1.1.0", 12),
)


def prove_windows(place: Path, base: Path, chance: Random) -> Iterator[Proof]:
    """Kill in each window until it was met often enough, each time in a copy of the same repository."""
    new = _new_objects(place, base)
    for window in WINDOWS:
        met: Counter[str] = Counter()
        problems: list[str] = []
        for attempt in range(ATTEMPTS * window.kills):
            if met.total() == window.kills or problems:
                break
            say(f"faults: {window.name}, {met.total()} of {window.kills}, attempt {attempt + 1}")
            where, wrong = _once(place, base, window, new, chance)
            met.update([where] if where else [])
            problems += wrong
        yield _proof(window, met, problems)


def _proof(window: Window, met: Counter[str], problems: list[str]) -> Proof:
    kills = ", ".join(f"{number} with {what}" for what, number in met.most_common())
    seen = "; ".join(sorted(set(problems))) or "each time it completed, and no half-made release was seen"
    claim = CLAIM.format(window.when, window.completes)
    return Proof(
        window.name, claim, f"{met.total()} kills: {kills}: {seen}", not problems and met.total() == window.kills
    )


def _new_objects(place: Path, base: Path) -> list[Path]:
    """Return which objects a release adds to the storage, below its folder."""
    bank = _copy(base, place / "whole")
    storage = place / "whole" / STORAGE
    before = {path.relative_to(storage) for path in storage.rglob("*")}
    bank.run(*RELEASE.split())
    new = [path.relative_to(storage) for path in storage.rglob("*") if path.is_file()]
    shutil.rmtree(place / "whole")
    return [path for path in new if path not in before]


def _once(place: Path, base: Path, window: Window, new: list[Path], chance: Random) -> tuple[str | None, list[str]]:
    """Kill once; return in which state, None if not in the window, and what was wrong then or after the second run."""
    bank = _copy(base, place / "one")
    objects = [place / "one" / STORAGE / path for path in new]
    aim = _amid(objects, chance) if window.when == AMID else _between(window.tag, chance)
    alone = chance.random() < 0.5  # then what it started lives on, such as a git push
    ended = run_until(bank, aim(bank), *window.killed.split(), alone=alone)
    where = None if ended.code is not None else _state(bank, window, objects)
    problems = incomplete_releases(bank)
    again = run_until(bank, moment(600)(bank), *window.completes.split())
    if again.code:
        problems.append(f"run again it said: {' '.join(again.printed.strip().splitlines()[-2:])}")
    problems += incomplete_releases(bank) + tag_is_shared(bank, window.tag, window.commit)
    shutil.rmtree(place / "one")
    return (f"{where}{', its own process alone' * alone}" if where else None), problems


def _state(bank: Bank, window: Window, objects: list[Path]) -> str | None:
    there = sum(path.exists() for path in objects)
    if window.when == AMID:
        return "some of its objects there" if there < len(objects) else None
    here, theirs = (window.tag in tags for tags in bank.tags())
    return "its tag here alone" if here and not theirs else None


def _amid(objects: list[Path], chance: Random) -> Aim:
    """Aim at the moment in which so many of the new objects are in the storage."""
    least = chance.randrange(1, len(objects))
    return lambda _: lambda elapsed: sum(path.exists() for path in objects) >= least


def _between(tag: str, chance: Random) -> Aim:
    """Aim at a moment soon after a tag was made."""
    delay = chance.uniform(0, 0.05)

    def aim(bank: Repository) -> Trigger:
        path, seen = bank.path(f".git/refs/tags/{tag}"), list[float]()

        def due(elapsed: float) -> bool:
            if not seen and path.exists():
                seen.append(elapsed)
            return bool(seen) and elapsed >= seen[0] + delay

        return due

    return aim


def _copy(base: Path, target: Path) -> Bank:
    shutil.copytree(base, target, symlinks=True)
    return Bank(target / "Ada")
