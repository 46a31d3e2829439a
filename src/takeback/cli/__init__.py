"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

# Each module registers its commands.
from takeback.cli import blame, changes, gate, pipeline, pull_request, release, stages, trend, upkeep  # noqa: F401
from takeback.cli.app import main

__all__ = ["main"]
