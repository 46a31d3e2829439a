"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

from takeback.cli import pipeline, upkeep  # noqa: F401  registers their commands
from takeback.cli.app import main

__all__ = ["main"]
