"""Prove what takes long: all proofs, or those named, as in `prove.py kill bigdata`. Exit code 1 if one fails."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script has its own folder on the path, not the repository's

from benchmarks import (
    bigdata,
    calibration,
    causes,
    disks,
    faults,
    gate,
    hostile_bundles,
    hostile_cells,
    hostile_tags,
    kill,
    mutants,
    pythons,
    seeds,
    threads,
)
from benchmarks.machine import ROOT, without_places
from benchmarks.proof import Proof
from benchmarks.record import RESULTS, keep, machine_line, say, table, write_page
from takeback.common.files import read_json

PROOFS: dict[str, Callable[[], list[Proof]]] = {
    "kill": kill.prove,
    "faults": faults.prove,
    "disks": disks.prove,
    "threads": threads.prove,
    "pythons": pythons.prove,
    "bigdata": bigdata.prove,
    "seeds": seeds.prove,
    "mutants": mutants.prove,
    "gate": gate.prove,
    "calibration": calibration.prove,
    "hostile_bundles": hostile_bundles.prove,
    "hostile_cells": hostile_cells.prove,
    "hostile_tags": hostile_tags.prove,
    "causes": causes.prove,
}
ABOUT = (
    "Written by `make prove`; `python benchmarks/prove.py NAME` runs one proof. "
    "An older result stays until its proof runs again."
)
HEADER = ["proof", "claim", "seen", "result"]
RESULT = {True: "passed", False: "**FAILED**", None: "not run"}


def main() -> None:
    """Run the proofs that are named on the command line and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PROOFS)}; all if none")
    chosen = parser.parse_args().names or list(PROOFS)
    if unknown := set(chosen) - set(PROOFS):
        parser.error(f"no proof {', '.join(sorted(unknown))}; expected {', '.join(PROOFS)}")
    os.chdir(ROOT)
    print(table(HEADER, [], "---"), flush=True)
    failed = False
    for name in chosen:
        proofs = attempt(name)
        failed |= any(proof.passed is False for proof in proofs)
        print("\n".join(table(HEADER, rows(proofs)).splitlines()[2:]), flush=True)
    say("docs/proofs.md written")
    sys.exit(failed)


def attempt(name: str) -> list[Proof]:
    """Run one proof and keep what it showed; what breaks it off is a failure with the last line of the message."""
    say(f"{name}: starts")
    start = perf_counter()
    try:
        proofs = PROOFS[name]()
    except Exception as error:  # the other proofs shall still run
        last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        proofs = [Proof(name, "it runs to its end", without_places(last), False)]
    keep(f"proof-{name}", {"proofs": [proof._asdict() for proof in proofs], "seconds": perf_counter() - start})
    write_page(ROOT / "docs" / "proofs.md", "Proofs", ABOUT, sections())
    return proofs


def rows(proofs: list[Proof]) -> list[list[str]]:
    """Return the rows of the table, each cell on one line."""
    return [[p.name, p.claim, " ".join(p.seen.split()), RESULT[p.passed]] for p in proofs]


def sections() -> list[str]:
    """Return the page's table for each proof that was ever run."""
    kept = [(name, RESULTS / f"proof-{name}.json") for name in PROOFS]
    found = [(name, read_json(path)) for name, path in kept if path.exists()]
    return [
        f"## {name}\n\n{table(HEADER, rows([Proof(**proof) for proof in content['proofs']]), '---')}\n\n"
        f"{content['seconds']:.0f} seconds. {machine_line(content['machine'])}"
        for name, content in found
    ]


if __name__ == "__main__":
    main()
