"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

# Each module registers its commands.
from takeback.cli import alternatives, blame, changes, pipeline, pull_request, release, stages, upkeep  # noqa: F401
from takeback.cli.app import main

__all__ = ["main"]
