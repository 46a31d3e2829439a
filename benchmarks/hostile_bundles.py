"""Hostile bundles, each with a manifest that has the right hashes: every one is refused with one message, in time."""

import multiprocessing
import resource
import shutil
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from tests.hostile.corpus import HOSTILE, VALID
from tests.hostile.spoiling import Case, spoil
from tests.models.others import SPLINES, with_others
from tests.release import build_release

from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.common.errors import UserError
from takeback.common.shown import markdown
from takeback.config.params import load_params
from takeback.data.tables import read_table
from takeback.decisions.bundle import load_release

LONGEST_SECONDS, MOST_MEMORY = 10, 4 * 2**30
ROWS, SHOWN = 500, 160
FORK = multiprocessing.get_context("fork")  # so that a child has everything imported


class Seen(NamedTuple):
    """How an attempt ended, as one of the ends below, what was said, and after how many seconds."""

    end: str
    said: str = ""
    seconds: float = 0.0


class Tried(NamedTuple):
    """What was seen of one bundle, and after how many seconds."""

    proof: Proof
    seconds: float


REFUSED, LOADED, TRACEBACK, HUNG, DIED = "refused", "loaded", "traceback", "hung", "died"


def prove() -> list[Proof]:
    """Try every bundle, each in a process of its own that has a limit of time and of memory."""
    with tempfile.TemporaryDirectory(prefix="takeback-") as name:
        place = Path(name)
        say("hostile_bundles: four small releases")
        if (built := attempt(lambda: _build(place), 600)).end != LOADED:
            raise RuntimeError(f"no release to spoil: {built.said}")
        tried = [_try(place, case, REFUSED) for case in HOSTILE] + [_try(place, case, LOADED) for case in VALID]
    return [_all(tried), *(each.proof for each in tried)]


def attempt(work: Callable[[], object], longest: float = LONGEST_SECONDS) -> Seen:
    """Run something in a process of its own, which is killed when it takes too long."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_run, args=(work, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        seen = ours.recv() if ours.poll(longest) else Seen(HUNG, f"longer than {longest} s", longest)
    except EOFError:
        child.join()
        seen = Seen(DIED, f"exit code {child.exitcode}")
    child.kill()
    child.join()
    return seen


def _run(work: Callable[[], object], answer: Connection) -> None:
    start = perf_counter()
    try:
        work()
        end, said = LOADED, ""
    except UserError as error:
        end, said = REFUSED, str(error)
    except BaseException as error:  # whatever else comes out is what the proof looks for
        end, said = TRACEBACK, f"{type(error).__name__}: {error}"
    answer.send(Seen(end, said, perf_counter() - start))


def _build(place: Path) -> None:
    settings = with_others(load_params(ROOT / "params.yaml"), {"splines": SPLINES})
    table = read_table(ROOT / settings.data.source).slice(0, ROWS)
    for name in sorted({case.base for case in [*HOSTILE, *VALID]}):
        build_release(settings, table, name, place / name)


def _try(place: Path, case: Case, expected: str) -> Tried:
    folder = place / "tried" / "release"
    shutil.copytree(place / case.base / "release", folder)
    spoil(case, folder)
    seen = attempt(lambda: _load(folder))
    shutil.rmtree(place / "tried")
    said = markdown(seen.said.splitlines()[0].replace(f"{folder}", "BUNDLE")[:SHOWN]) if seen.said else ""
    named = seen.end != REFUSED or str(folder) in seen.said
    proof = Proof(case.what, expected, f"{seen.end} {said}", seen.end == expected and named)
    return Tried(proof, seen.seconds)


def _load(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    load_release(folder)


def _all(tried: list[Tried]) -> Proof:
    wrong = sum(not each.proof.passed for each in tried)
    slowest = max(tried, key=lambda each: each.seconds)
    seen = f"{len(HOSTILE)} hostile and {len(VALID)} valid bundles; {wrong} not as expected; "
    seen += f"the longest took {slowest.seconds:.1f} s ({slowest.proof.name})"
    claim = (
        f"no traceback, hang ({LONGEST_SECONDS} s) or wrong acceptance, {MOST_MEMORY // 2**30} GB of memory at most; "
        "what is valid loads, of schemas 1, 2 and 3"
    )
    return Proof("all hostile bundles", claim, seen, not wrong)
