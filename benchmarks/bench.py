"""Measure what the documentation claims: all benchmarks, or those named, as in `bench.py protocol setup`."""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script has its own folder on the path, not the repository's

from benchmarks import blame, bundle, fairness, pipeline, protocol, reasons, releases, scoring, setup
from benchmarks.machine import ROOT
from benchmarks.record import keep_result, say, section, write_page
from takeback.common.errors import UserError

BENCHMARKS = {
    "protocol": protocol.run,
    "pipeline": pipeline.run,
    "scoring": scoring.run,
    "bundle": bundle.run,
    "reasons": reasons.run,
    "releases": releases.run,
    "blame": blame.run,
    "fairness": fairness.run,
    "setup": setup.run,
}
BY_DEFAULT = ("protocol", "pipeline", "scoring", "bundle", "reasons", "releases", "blame", "fairness")
ABOUT = (
    "Written by `make bench`. `python benchmarks/bench.py setup` measures the fresh set-up too, which installs "
    "everything anew. Numbers and raw values lie in `benchmarks/results/`. Limits were set before measuring."
)


def main() -> None:
    """Run the benchmarks that are named on the command line and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; all but setup if none")
    chosen = parser.parse_args().names or BY_DEFAULT
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; expected {', '.join(BENCHMARKS)}")
    os.chdir(ROOT)
    for name in chosen:
        say(f"{name}: starts")
        keep_result(name, BENCHMARKS[name]())
        write_page(ROOT / "docs" / "benchmarks.md", "Benchmarks", ABOUT, filter(None, map(section, BENCHMARKS)))
    say("docs/benchmarks.md written")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
