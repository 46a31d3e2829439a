"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

from takeback.cli import pipeline, release, stages  # noqa: F401  they register their commands
from takeback.cli.app import main

__all__ = ["main"]
