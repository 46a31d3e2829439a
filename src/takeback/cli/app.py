"""The application that every command registers with, and how a command ends."""

import os
import sys

import typer

from takeback.common.errors import UserError
from takeback.common.shown import plain

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def takeback() -> None:
    """Credit decisions you can take back."""


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Print what a command has to say, so that a terminal obeys nothing in it; every command prints through this."""
    typer.echo(plain(text), err=err, nl=nl)


def main() -> None:
    """Run a command; a user's mistake, or a disk that is full or read-only, is one message and exit code 1."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # see src/stage.py
    try:
        app()
    except UserError as error:
        sys.exit(f"error: {plain(str(error))}")
    except OSError as error:
        about = plain(f"{error.filename or 'this computer'}: {error.strerror or error}")
        sys.exit(f"error: {about}. Nothing half-written counts.")
