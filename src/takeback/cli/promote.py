"""`takeback promote`: bring a release to where it shall run."""

from __future__ import annotations

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.cli.move_options import BundleOnly, Unchecked, bring, check_reason


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The release.")],
    to: Annotated[str, typer.Option("--to", metavar="ENVIRONMENT", help="Where it shall run, such as prod.")],
    reason: Annotated[str | None, typer.Option(help="Why; it is kept in the tag.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Bring a release to an environment: check what it is and that it can be had, then tag the move as GTO does.

    Only what `takeback release` made for this very name and commit is brought, with its gate computed again.

    \b
    Example:
      takeback promote v1.1.0 --to prod --reason "approved by model risk"
    """
    from takeback.releases.moving import PROMOTE, Move, complete, open_environment

    if unchecked or reason is not None:
        check_reason(reason)
    environment = open_environment(to)
    if environment.now and environment.now.version == version and (unchecked or environment.now.released):
        complete(environment.now)
        return say(f"{version} is in {to} already, by {environment.now.by}. Nothing is left to do.")
    return bring(Move(PROMOTE, to, version, reason or "promoted", unchecked), environment, bundle_only)
