"""The report of a pull request, on a laptop as in CI."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say

REPORTS = {"report.md", "report.html", "pipeline.html"}


@app.command("pr-report")
def pull_request_report(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The branch, tag or commit to compare with.")] = "main",
    output: Annotated[Path, typer.Option(help="The folder to write.")] = Path("pr-report"),
) -> None:
    """Rebuild HEAD from Git alone, compare it with BASE, and judge whether it may be merged.

    Writes report.md (the comment), report.html (what changed) and pipeline.html (the report of HEAD). Exit code 1 if
    params.yaml or dvc.lock is stale, an output is not reproduced, or the gate blocks. Uncommitted changes do not count.

    \b
    Example:
      takeback pr-report main
    """
    from tqdm import tqdm

    from takeback.common.files import replacing, write_text
    from takeback.common.shown import markdown
    from takeback.compare.diff_formats import as_markdown
    from takeback.compare.diff_page import as_html
    from takeback.compare.diff_sections import sections
    from takeback.compare.pull_request import build, page

    _check_output(output)
    with tqdm(unit="stage", leave=False, file=sys.stderr, bar_format="{desc} {n_fmt} stages, {elapsed}") as bar:
        built = build(base, on_stage=lambda name: (bar.set_description_str(name, refresh=False), bar.update()))
    changes = (
        as_markdown(sections(built.difference)) if built.difference else f"No comparison: {markdown(built.why_not)}"
    )
    with replacing(output) as folder:
        folder.mkdir()
        write_text(folder / "report.md", page(built.checks, changes))
        (folder / "pipeline.html").write_bytes(built.page)
        if built.difference:
            write_text(folder / "report.html", as_html(built.difference))
    for check in built.checks:
        say(f"{check.name}: {'passed' if check.passed else 'FAILED'}, {check.found}")
    say(f"{output / 'report.md'} written." + ("" if built.difference else f" No comparison: {built.why_not}"))
    if not all(check.passed for check in built.checks):
        raise typer.Exit(1)


def _check_output(output: Path) -> None:
    """Check that nothing is lost: the folder is replaced, so it may hold an earlier report alone."""
    from takeback.common.errors import UserError

    if not output.exists() and not output.is_symlink():
        return
    if output.is_symlink() or not output.is_dir():
        raise UserError(f"{output}: is no folder; expected a new one, or one with an earlier report.")
    if others := sorted({path.name for path in output.iterdir()} - REPORTS):
        raise UserError(f"{output}: holds {others[0]}; expected a new folder, or one with an earlier report alone.")
