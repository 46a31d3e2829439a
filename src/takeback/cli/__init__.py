"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

# Each module registers its commands.
from takeback.cli import (  # noqa: F401
    alternatives,
    blame,
    changes,
    environments,
    gate,
    pipeline,
    pull_request,
    release,
    trend,
    upkeep,
)
from takeback.cli.app import main

__all__ = ["main"]
