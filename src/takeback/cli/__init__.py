"""The command line: a thin face over the rest, one file for each command. It adds only what DVC and Git lack."""

# Each module registers its command.
from takeback.cli import (  # noqa: F401
    alternatives,
    approve,
    blame,
    check,
    compose,
    diff,
    dossier,
    environments,
    gate,
    gc,
    notes,
    pr_report,
    promote,
    release,
    resolve,
    rollback,
    score,
    summary,
    track,
    trend,
    tune,
    verify,
)
from takeback.cli.app import main

__all__ = ["main"]
