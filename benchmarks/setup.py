"""The fresh set-up: `make repro` in a clean clone, from no environment to the report. Not part of the default run."""

import os
import sys
from pathlib import Path

from benchmarks.clones import HOUR, clone, forget, seconds
from benchmarks.record import Limit, Result, say


def run() -> Result:
    """Measure the installation and the run that follows."""
    own = str(Path(sys.executable).parent)
    elsewhere = os.pathsep.join(place for place in os.environ["PATH"].split(os.pathsep) if place != own)
    # The interpreter below this environment: Makefile makes one of its own from it.
    python = f"PYTHON={Path(sys.base_prefix) / 'bin' / 'python3'}"
    with clone(PATH=elsewhere) as repository:
        forget(repository)
        say("setup: environment")
        install = seconds(lambda: repository.run("make", python, ".venv/pipeline", timeout=HOUR))
        say("setup: pipeline")
        pipeline = seconds(lambda: repository.run("make", python, "repro", timeout=HOUR))
    return Result(
        "Fresh set-up",
        "`make repro` in a clean clone: virtual environment, locked packages from the index or pip's cache, pipeline.",
        ["", "seconds"],
        [["environment", f"{install:.0f}"], ["pipeline", f"{pipeline:.0f}"], ["both", f"{install + pipeline:.0f}"]],
        [Limit("fresh set-up, seconds", install + pipeline, 180, False)],
        ["The installation depends on the network and on what pip has cached."],
        {"install": install, "pipeline": pipeline},
    )
