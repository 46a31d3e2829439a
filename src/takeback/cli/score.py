"""`takeback score`: decide on every application of a file: decision, PD, reasons and the release that decided."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say

RELEASE = Path("models/release")


@app.command()
def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Applications, .csv or .parquet.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The decisions, .csv or .parquet.")],
    release: Annotated[Path, typer.Option(help="The release to score with.")] = RELEASE,
    fallback: Annotated[bool, typer.Option("--fallback", help="Use the rule instead of the champion.")] = False,
    reasons: Annotated[bool, typer.Option(help="Give up to four reasons for what is not approved.")] = True,
    keep: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Copy a column to OUT; repeatable.")] = None,
) -> None:
    """Decide on every application of a file: decision, PD, reasons and the release that decided.

    IN may have more columns than a decision needs. A row that breaks the data contract, or whose id is empty or was
    there before, is referred.

    \b
    Example:
      takeback score applications.csv decisions.csv
      takeback score applications.csv decisions.csv --keep branch --keep "received on"
      takeback score applications.parquet decisions.parquet --no-reasons
    """
    from takeback.decisions.batch import release_name, score_file
    from takeback.decisions.bundle import load_release
    from takeback.repository.lock_file import LOCK
    from takeback.repository.results import check_results

    if Path(LOCK).is_file() and release.resolve() == RELEASE.resolve():
        check_results(RELEASE)
    loaded = load_release(release)
    scorer, model = (loaded.fallback, "fallback") if fallback else (loaded.champion, loaded.name)
    decider = release_name(release, model)
    result = score_file(scorer, source, target, decider, keep or (), reasons)
    decisions = ", ".join(f"{count} {name}" for name, count in result.decisions.items())
    say(f"{result.rows} applications: {decisions}. Decided by {decider}.")
    if result.broken:
        by_id = f" ({result.broken_ids} by an id that is empty, not exact or repeated)" if result.broken_ids else ""
        where = f"{target} says why" if reasons else "without --no-reasons the result says why"
        say(f"{result.broken} of them break the data contract{by_id} and are referred; {where}.")
    if result.marked:
        what = "an apostrophe was put before them. Parquet output keeps them as they are"
        say(f"{result.marked} cells begin with = + - or @ and would run in a spreadsheet: {what}.")
