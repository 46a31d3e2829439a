"""What changed between two revisions."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A tag, branch or commit.")],
    after: Annotated[str | None, typer.Argument(metavar="B", help="Another; without, the workspace.")] = None,
    markdown: Annotated[bool, typer.Option("--md", help="Markdown, for a pull request.")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON; docs/diff.md explains it.")] = False,
    html: Annotated[bool, typer.Option("--html", help="One page that works offline.")] = False,
    output: Annotated[Path | None, typer.Option(help="A file to write instead of printing.")] = None,
    examples: Annotated[
        int, typer.Option(min=0, help="Single applicants to name for each direction; not with --md.")
    ] = 0,
) -> None:
    """Show what changed between two revisions, down to whose decision flips, group by group.

    Settings, data, features, metrics with 95% intervals, fairness by group, policy, gate and decisions. Reads Git and
    DVC's cache or remote; the worktree stays as it is.

    \b
    Example:
      takeback diff v1.0.0 v2.0.0
      takeback diff v2.0.0
      takeback diff main HEAD --md
      takeback diff v1.0.0 v2.0.0 --html --output changes.html
      takeback diff v1.0.0 v2.0.0 --examples 3
    """
    if markdown + json + html > 1:
        raise UserError("--md, --json, --html: found more than one; expected one format at most.")
    if markdown and examples:
        raise UserError(
            "--examples: single applicants do not go into Markdown, which is for pull requests; "
            "leave out --md, and keep what you get out of Git."
        )
    if output and output.is_dir():
        raise UserError(f"{output}: is a folder; expected the name of a file to write.")
    from takeback.common.files import write_text
    from takeback.compare.diff_formats import as_json, as_markdown, as_text
    from takeback.compare.diff_sections import sections
    from takeback.compare.revisions import compare

    result = compare(before, after, examples)
    if html:
        from takeback.compare.diff_page import as_html  # it draws, which takes half a second to import

        text = as_html(result)
    elif json:
        text = as_json(result)
    else:
        text = (as_markdown if markdown else as_text)(sections(result))
    if not output:
        return say(text, nl=False)
    write_text(output, text)
    return say(f"{output} written.", err=True)
