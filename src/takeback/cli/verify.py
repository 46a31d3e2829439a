"""`takeback verify`: rebuild releases from Git alone and compare every output with dvc.lock."""

import sys
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def verify(
    revisions: Annotated[list[str], typer.Argument(metavar="TAG...", help="Tags, branches or commits.")],
    every: Annotated[bool, typer.Option("--all", help="Show every output, not only those that differ.")] = False,
) -> None:
    """Rebuild releases from Git alone, without cache or remote, and compare every output with dvc.lock.

    Before that it checks the tag's signature, and that dvc.lock agrees with the tag's files: an edited lock is found
    at once. Exit code 1 if anything is wrong.

    \b
    Example:
      takeback verify v1.0.0
      takeback verify v1.0.0 v1.1.0 --all
    """
    from takeback.repository.git import commit_of

    for revision in revisions:
        commit_of(revision)  # a misspelt one must not show after an hour of rebuilding the others
    good = [_verified(revision, every) for revision in revisions]
    if not all(good):
        raise typer.Exit(1)


def _verified(revision: str, every: bool) -> bool:
    from tqdm import tqdm

    from takeback.releases.signing import signature
    from takeback.repository.git import commit_of
    from takeback.repository.verification import verify
    from takeback.repository.verification_text import verification_text

    signed = signature(revision)
    say(f"{revision}  {commit_of(revision)[:10]}  {signed.text}")
    started: list[str] = []
    try:
        with tqdm(unit="stage", leave=False, file=sys.stderr) as bar:

            def on_start(stages: int, versions: list[str]) -> None:
                bar.total = stages
                _say_versions(revision, versions)

            def on_stage(name: str) -> None:
                bar.set_description_str(name, refresh=False)
                bar.update(len(started) - bar.n)
                bar.refresh()
                started.append(name)

            found = verify(revision, on_start=on_start, on_stage=on_stage)
    except UserError as error:  # the other tags still get their turn
        say(f"error: {revision}: {error}\n", err=True)
        return False
    say(verification_text(found, every) + "\n")
    return found.good and not signed.wrong


def _say_versions(revision: str, lines: list[str]) -> None:
    from tqdm import tqdm

    from takeback.repository.verification import how_to_get

    if not lines:
        return
    with tqdm.external_write_mode():  # the bar is on the screen already
        say(f"This Python environment is not that of {revision}, so a difference is to be expected:")
        say("\n".join(f"  {line}" for line in lines))
        say(f"To verify in the Python environment of {revision}:\n{how_to_get(revision)}")
