"""`takeback promote`: bring a release to where it shall run."""

from __future__ import annotations

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.cli.move_options import BundleOnly, Unchecked, bring, check_reason


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The release.")],
    to: Annotated[str, typer.Option("--to", metavar="STAGE", help="Where it shall run, such as prod.")],
    reason: Annotated[str | None, typer.Option(help="Why; it is kept in the tag.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Bring a release to a stage: check what it is and that it can be had, then move GTO's stage tag, shared at once.

    Only what `takeback release` made for this very name and commit is brought, with its gate computed again.

    \b
    Example:
      takeback promote v1.1.0 --to prod --reason "approved by model risk"
    """
    from takeback.releases.moving import PROMOTE, Move, complete, open_stage

    if unchecked or reason is not None:
        check_reason(reason)
    stage = open_stage(to)
    if stage.now and stage.now.version == version and (unchecked or stage.now.released):
        complete(stage.now)
        return say(f"{version} is in {to} already, by {stage.now.by}. Nothing is left to do.")
    return bring(Move(PROMOTE, to, version, reason or "promoted", unchecked), stage, bundle_only)
