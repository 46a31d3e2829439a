"""`takeback check`: hash every stored object that the workspace or releases need, in the cache and in the remote."""

import sys
from typing import Annotated

import typer

from takeback.cli.app import app, say


@app.command()
def check(
    revisions: Annotated[
        list[str] | None, typer.Argument(metavar="[TAG]...", help="The workspace if left out.")
    ] = None,
) -> None:
    """Hash every stored object that the workspace or releases need, in the cache and in the remote.

    What is missing or corrupt is named, with the commands that repair it. Nothing is changed. Exit code 1 if anything
    is wrong.

    \b
    Example:
      takeback check
      takeback check v1.0.0 v1.1.0
    """
    from tqdm import tqdm

    from takeback.repository.objects import check_objects
    from takeback.repository.repairs import check_text

    with tqdm(unit="object", leave=False, delay=1, file=sys.stderr) as bar:

        def on_object(finished: int, count: int) -> None:
            bar.total = count
            bar.update(finished - bar.n)

        objects = check_objects(revisions or [], on_object=on_object)
    say(check_text(objects))
    if not all(stored.sound for stored in objects):
        raise typer.Exit(1)
