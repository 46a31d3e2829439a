"""Kill (-9) every command that moves a release, at random moments: running it again completes it."""

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bank import BANK, Bank, build_bank
from tests.clones import Repository, set_values

from benchmarks.clones import seconds
from benchmarks.interrupt import moment, run_until
from benchmarks.proof import Proof
from benchmarks.record import say
from benchmarks.shared_releases import incomplete_releases, tag_is_shared
from benchmarks.windows import prove_windows

CLAIM = "killed (-9) and run again, `{}` completes; in between, every release tag is whole in the remote"


class Case(NamedTuple):
    """A command, what comes before it, and what must be true when it has completed."""

    command: tuple[str, ...]
    prepare: Callable[[Repository], object]
    problems: Callable[[Repository], list[str]]
    kills: int = 10


def prove(seed: int = 0) -> list[Proof]:
    """Kill each command many times, each time in a copy of the same repository."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="takeback-") as place:
        base = Path(place) / BANK
        say("faults: two releases")
        two_releases(base)
        random_moments = [_kills(Path(place), base, name, case, chance) for name, case in CASES.items()]
        return [*random_moments, *prove_windows(Path(place), base, chance)]


def _kills(place: Path, base: Path, name: str, case: Case, chance: random.Random) -> Proof:
    whole = _copy(base, place / "whole", case)
    took = seconds(lambda: whole.run(*case.command))
    problems, killed = case.problems(whole), 0
    shutil.rmtree(place / "whole")
    for number in range(case.kills):
        say(f"faults: {name}, {number} of {case.kills}")
        repository = _copy(base, place / "one", case)
        ended = run_until(repository, moment(chance.uniform(0.2, 0.98) * took)(repository), *case.command)
        killed += ended.code is None
        problems += incomplete_releases(repository)
        again = run_until(repository, moment(600)(repository), *case.command)
        if again.code:
            problems.append(f"run again it said: {again.printed.strip().splitlines()[-1]}")
        problems += case.problems(repository)
        shutil.rmtree(place / "one")
    seen = "; ".join(sorted(set(problems))) or "each time it completed, and no half-made release was seen"
    claim = CLAIM.format(" ".join(case.command))
    return Proof(
        name, claim, f"{killed} kills of {case.kills} runs ({took:.1f} s): {seen}", not problems and killed > 0
    )


def two_releases(base: Path) -> None:
    """Build a bank with two releases in production, and a third that is ready to be made."""
    build_bank(base)
    bank = Bank(base / "Ada")
    for tag in ("v1.0.0", "v1.1.0"):
        bank.takeback(f"promote {tag} --to prod")
    new_policy(bank, 0.15)
    bank.run("dvc", "repro", timeout=1200)
    bank.commit("a new policy")


def new_policy(bank: Repository, share: float) -> None:
    """Change a policy, which decide and later stages then have to run for."""
    set_values(bank, "conf/policy/default.yaml", max_referral_rate=share)
    bank.run("takeback", "compose")


def _copy(base: Path, target: Path, case: Case) -> Repository:
    shutil.copytree(base, target, symlinks=True)
    repository = Bank(target / "Ada")
    case.prepare(repository)
    return repository


def _expect(bank: Repository, said: str, *command: str) -> list[str]:
    printed = bank.run(*command)
    return [] if said in printed else [f"`{' '.join(command)}` said {printed.strip()!r}"]


def _nothing(_: Repository) -> None:
    """Leave a repository as it is."""


CASES = {
    "checkout": Case(
        ("dvc", "checkout", "--force"),
        lambda bank: bank.run("git", "checkout", "-q", "v1.0.0"),
        lambda bank: _expect(bank, "up to date", "dvc", "status"),
    ),
    "release": Case(("takeback", "release", "v1.2.0"), _nothing, lambda bank: tag_is_shared(bank, "v1.2.0", "main")),
    "promote": Case(
        ("takeback", "promote", "v1.1.0", "--to", "canary"),
        _nothing,
        lambda bank: tag_is_shared(bank, "credit#canary#1", "v1.1.0"),
    ),
    "rollback": Case(
        ("takeback", "rollback", "prod", "--to", "v1.0.0", "--reason", "a complaint"),
        _nothing,
        lambda bank: tag_is_shared(bank, "credit#prod#3", "v1.0.0"),
    ),
    "repro": Case(
        ("dvc", "repro"),
        lambda bank: new_policy(bank, 0.1),
        lambda bank: _expect(bank, "up to date", "dvc", "status"),
        kills=4,  # `prove.py kill` kills it some forty times
    ),
}
