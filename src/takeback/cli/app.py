"""The application that every command registers with, and how a command ends."""

import os
import sys
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from takeback.common.errors import UserError
from takeback.common.shown import plain
from takeback.common.utf8 import run_as_utf8

# As DVC, which looks for the first of them; the second tells a pipeline's repository from data's.
ROOT_HAS = (".dvc", "dvc.yaml")
# The one option that does without a repository: it names what a command takes from there otherwise.
STANDS_ALONE = "release"


class AtRoot(TyperCommand):
    """A command that runs at the root of the repository; paths that the user gives are relative to where they stand."""

    def invoke(self, ctx: Any) -> Any:
        """Run it."""
        here = Path.cwd()
        given = {name for name in ctx.params if ctx.get_parameter_source(name).name == "COMMANDLINE"}
        top = next((f for f in (here, *here.parents) if all((f / name).exists() for name in ROOT_HAS)), None)
        if not top and STANDS_ALONE not in given:
            other = f", or give --{STANDS_ALONE} FOLDER" if STANDS_ALONE in ctx.params else ""
            raise UserError(
                f"{here}: not inside a repository of Takeback ({' and '.join(ROOT_HAS)}). cd to one{other}."
            )
        if top and top != here:
            paths = {name: here / path for name in given if isinstance(path := ctx.params[name], Path)}
            ctx.params |= paths
            os.chdir(top)
        return super().invoke(ctx)


app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def takeback() -> None:
    """Credit decisions you can take back."""


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Print what a command has to say, so that a terminal obeys nothing in it; every command prints through this."""
    typer.echo(plain(text), err=err, nl=nl)


def main() -> None:
    """Run a command; a user's mistake, a missing package or a full disk is one message and exit code 1."""
    run_as_utf8()
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # see src/stage.py
    for command in app.registered_commands:
        command.cls = AtRoot
    try:
        app()
    except UserError as error:
        sys.exit(f"error: {plain(str(error))}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("takeback"):
            raise
        sys.exit(f"error: this needs {error.name}, of the pipeline's packages: pip install 'takeback[pipeline]'.")
    except OSError as error:
        about = plain(f"{error.filename or 'this computer'}: {error.strerror or error}")
        sys.exit(f"error: {about}. Nothing half-written counts.")
