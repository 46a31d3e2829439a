"""`takeback dossier`: the page of a release, to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say


@app.command()
def dossier(
    version: Annotated[str, typer.Argument(help="The release.")],
    output: Annotated[Path | None, typer.Option(help="The file to write; without, dossier-VERSION.html.")] = None,
) -> None:
    """Write the page of a release: its report, what changed since the one before, and who approved it.

    One HTML file that works offline. Read from Git and DVC's cache or remote; the worktree stays as it is.

    \b
    Example:
      takeback dossier v1.1.0
      takeback dossier v1.1.0 --output for-the-committee.html
    """
    from takeback.common.errors import UserError
    from takeback.common.files import write_text

    place = output or Path(f"dossier-{version}.html")
    if place.is_dir():
        raise UserError(f"{place}: is a folder; expected the name of a file to write.")
    from takeback.releases.release_page import release_page

    write_text(place, release_page(version))
    say(f"{place} written. Open it in a browser.")
