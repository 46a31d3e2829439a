"""The same bytes again: on one thread and on two, twice from nothing, and as committed."""

from functools import cache

import yaml
from tests.clones import keep_rows

from benchmarks.clones import clone, forget, reproduce
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say

LOCK = "dvc.lock"


def prove(rows: int | None = None) -> list[Proof]:
    """Run everything with one thread and with two, and compare the locks.

    Parameters
    ----------
    rows
        Cut the data to so many rows; the whole data if None.
    """
    one, two = lock(1, rows), lock(2, rows)
    claim = "two clean runs without run cache, with 1 and 2 threads, give one dvc.lock"
    return [Proof("threads and repeat", claim, difference(one, two), one == two), _committed(one, rows)]


@cache
def lock(threads: int, rows: int | None = None) -> bytes:
    """Return the lock of a run from nothing in a fresh clone."""
    say(f"threads: a whole run with {threads}")
    with clone(OMP_NUM_THREADS=str(threads)) as repository:
        forget(repository)
        if rows:
            keep_rows(repository, rows)
        reproduce(repository, "--no-run-cache")
        return repository.path(LOCK).read_bytes()


def difference(one: bytes, other: bytes) -> str:
    """Say where two locks differ: which stages, and whether it is the order alone."""
    if one == other:
        return "identical, byte for byte"
    first, second = (yaml.safe_load(text)["stages"] for text in (one, other))
    stages = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    return f"differ in {', '.join(stages)}" if stages else "same content in another order"


def _committed(found: bytes, rows: int | None) -> Proof:
    name, claim = "committed lock", "dvc.lock in the working tree is what a run from nothing gives"
    path = ROOT / LOCK
    if rows or not path.exists():
        return Proof(name, claim, "there is no dvc.lock of these data; `dvc repro` writes it", None)
    kept = path.read_bytes()
    return Proof(name, claim, difference(kept, found), kept == found)
