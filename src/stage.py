"""Run one pipeline stage: ``python src/stage.py train xgboost``.

A script and not ``python -m``: Python puts this file's folder first on its path, so that a queued experiment, another
worktree or an old tag runs its own code, whatever is installed.
"""

import os
import sys
from importlib import import_module

from takeback.common.errors import UserError
from takeback.common.shown import plain
from takeback.common.utf8 import run_as_utf8

if __name__ == "__main__":
    run_as_utf8()
    # Threads that wait for others by spinning make training ten times slower on a machine that does something else too.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import_module(f"takeback.stages.{sys.argv[1]}_stage").main(*sys.argv[2:])
    except UserError as error:
        sys.exit(f"error: {plain(str(error))}")  # to stderr, exit code 1
