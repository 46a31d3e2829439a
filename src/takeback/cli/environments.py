"""`takeback environments`: show which release runs where, since when, who brought it and why."""

from __future__ import annotations

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def environments(history: Annotated[bool, typer.Option("--history", help="Every move, latest last.")] = False) -> None:
    """Show which release runs where, since when, who brought it and why.

    \b
    Example:
      takeback environments
      takeback environments --history
    """
    from takeback.releases.environment_tags import current, events, table
    from takeback.releases.sharing import fetch_tags, name_unshared, overwritten
    from takeback.releases.tags import has_origin

    try:
        if has_origin():
            name_unshared(fetch_tags())
    except UserError as error:
        say(f"As it was at the last fetch: {error}", err=True)
    moves = events()
    if not moves:
        raise UserError(
            "no release was brought to an environment. `takeback promote VERSION --to ENVIRONMENT` does it."
        )
    say(table(sorted(moves, key=lambda move: int(move.tag.date.split()[0])) if history else current(moves)))
    for line in overwritten() if history else []:
        say(line)
