"""Kill `dvc repro` at many moments: what comes out in the end is what an uninterrupted run gives, byte for byte."""

import random

from tests.clones import Repository, keep_rows

from benchmarks.clones import clone, forget, reproduce, seconds
from benchmarks.interrupt import CHECKPOINTS, Aim, Ended, half_written, moment, never, new_checkpoint, run_until
from benchmarks.proof import Proof
from benchmarks.record import say
from benchmarks.story import Story

CLAIM = "killed (-9) and run again, `dvc repro` completes with the dvc.lock of a run without kill; no checkpoint stays"
PLACES = ("data", "data/split", "metrics/training", "models/candidates", "models/decisions", "metrics/test", "models")


def prove(rows: int = 3000, spread: int = 24, training: int = 12, seed: int = 0) -> list[Proof]:
    """Kill the pipeline on copies with few rows.

    Parameters
    ----------
    rows
        Rows of a copy's data.
    spread
        Kills at random moments of the whole run.
    training
        Kills as soon as boosting has written a checkpoint.
    seed
        Of the random moments.
    """
    with clone() as whole:
        _prepare(whole, rows)
        took = seconds(lambda: reproduce(whole))
        expected = whole.path("dvc.lock").read_bytes()
    chance = random.Random(seed)
    # At most half a run each, so that a few kills in a row walk through the whole pipeline.
    moments = [moment(chance.uniform(0, took / 2)) for _ in range(spread)]
    return [
        *_kills("kill at random moments", rows, expected, moments, spread),
        *_kills("kill in the training of xgboost", rows, expected, [new_checkpoint] * training, training),
        *_kills("kill at half-written outputs", rows, expected, [half_written(place) for place in PLACES], 1),
    ]


def _kills(name: str, rows: int, expected: bytes, aims: list[Aim], least: int) -> list[Proof]:
    """Kill at every aim, in as many copies as it takes; an aim that a copy never meets first is given up."""
    story, left = Story(), aims
    while left and not story.problems:
        say(f"{name}: {len(aims) - len(left)} of {len(aims)} done")
        rest = _until_it_completes(story, rows, expected, left)
        if len(rest) == len(left):
            story.missed += 1
            rest = rest[1:]
        left = rest
    ended_well = not story.problems and story.killed.total() >= least
    return [Proof(name, CLAIM, story.seen(), ended_well), _by_hand(name, story)]


def _by_hand(name: str, story: Story) -> Proof:
    """Say what had to be typed. A kill while DVC writes its own lock is DVC's to survive; the README says what then."""
    claim = "`dvc repro` alone is enough, or `git checkout dvc.lock` first if DVC was killed while it wrote its lock"
    seen = story.steps_by_hand() or "no step was needed"
    return Proof(f"{name}: steps by hand", claim, seen, set(story.blocked) <= {"dvc.lock"})


def _until_it_completes(story: Story, rows: int, expected: bytes, aims: list[Aim]) -> list[Aim]:
    """Kill one copy again and again until a run completes; return the aims that are left."""
    with clone() as repository:
        _prepare(repository, rows)
        left, ended, blocking = list(aims), Ended(None, ""), None
        while ended.code is None or blocking:
            ended = run_until(repository, left[0](repository) if left else never)
            if blocking := story.note(ended):
                repository.path(blocking).unlink()
            left = left[1:] if ended.code is None else left
        if not ended.code:
            story.problems += _differences(repository, expected)
        return left


def _differences(repository: Repository, expected: bytes) -> list[str]:
    problems = []
    if repository.path("dvc.lock").read_bytes() != expected:
        problems.append("dvc.lock differs" + _half_written_there(repository))
    if left := list(repository.path(str(CHECKPOINTS)).rglob("*")):
        problems.append(f"{len(left)} files left in {CHECKPOINTS}")
    return problems


def _half_written_there(repository: Repository) -> str:
    top = [repository.path(name) for name in ("data", "models", "metrics")]
    found = {str(p.parent.relative_to(repository.folder)) for t in top for p in t.rglob(".*.????????") if p.is_dir()}
    return f", and half-written folders lie in {', '.join(sorted(found))}" if found else ""


def _prepare(repository: Repository, rows: int) -> None:
    forget(repository)
    keep_rows(repository, rows)
