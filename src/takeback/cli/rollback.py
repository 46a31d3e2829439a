"""`takeback rollback`: put an earlier release back."""

from __future__ import annotations

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.cli.move_options import BundleOnly, Unchecked, bring, check_reason


@app.command()
def rollback(
    environment: Annotated[str, typer.Argument(help="Where it runs, such as prod.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the tag.")],
    to: Annotated[str | None, typer.Option("--to", metavar="VERSION", help="Else what ran there before.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Put an earlier release back: without --to the one that ran before what runs now.

    Releases that were rolled back from are never the one before. The same command again, with the same reason,
    is the same rollback.

    \b
    Example:
      takeback rollback prod --reason "declines without a degree doubled"
      takeback rollback prod --to v1.0.0 --reason "complaint 4711"
    """
    from takeback.releases.moving import ROLLBACK, Move, complete, is_done, open_environment, rollback_target

    check_reason(reason)
    opened = open_environment(environment)
    if is_done(opened, to, reason) and opened.now:
        complete(opened.now)
        return say(f"{environment} is back at {opened.now.version}, by {opened.now.by}. Nothing is left to do.")
    return bring(Move(ROLLBACK, environment, to or rollback_target(opened), reason, unchecked), opened, bundle_only)
