"""The command line: a thin face over the rest. It adds only what DVC and Git lack."""

from takeback.cli import blame, pipeline  # noqa: F401  register their commands
from takeback.cli.app import main

__all__ = ["main"]
