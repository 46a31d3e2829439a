"""How the releases developed."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def trend(
    json: Annotated[bool, typer.Option("--json", help="JSON; docs/report.md explains it.")] = False,
    html: Annotated[bool, typer.Option("--html", help="One page that works offline, with a picture each.")] = False,
    output: Annotated[Path | None, typer.Option(help="A file to write instead of printing.")] = None,
) -> None:
    """Show each release's champion, metrics, lowest approval ratio and gate, from the releases' own tags.

    What an older release did not write is a dash. The worktree stays as it is.

    \b
    Example:
      takeback trend
      takeback trend --json
      takeback trend --html --output trend.html
    """
    if json and html:
        raise UserError("--json, --html: found both; expected one format at most.")
    if output and output.is_dir():
        raise UserError(f"{output}: is a folder; expected the name of a file to write.")
    from takeback.common.files import write_text
    from takeback.releases.trend_formats import as_json, as_text
    from takeback.releases.trend_reading import read_trend
    from takeback.repository.git import root

    rows = read_trend(root())
    if html:
        from takeback.releases.trend_page import as_html  # it draws, which takes half a second to import

        text = as_html(rows)
    else:
        text = as_json(rows) if json else as_text(rows)
    if not output:
        return say(text, nl=False)
    write_text(output, text)
    return say(f"{output} written.", err=True)
