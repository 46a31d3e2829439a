"""`takeback notes`: print CHANGELOG entries from the release tags, newest first."""

from typing import Annotated

import typer

from takeback.cli.app import app, say


@app.command()
def notes(
    span: Annotated[str | None, typer.Argument(metavar="[A..B]", help="Releases after A up to B, or one.")] = None,
) -> None:
    """Print CHANGELOG entries from the release tags, newest first.

    \b
    Example:
      takeback notes > CHANGELOG.md
      takeback notes v1.0.0..v1.2.0
      takeback notes v1.2.0
    """
    from takeback.releases.changelog import notes as text

    say(text(span), nl=False)
