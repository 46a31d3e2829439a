"""Commands that keep releases sound: verify, check, gc."""

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

    from takeback.release.signing import signature
    from takeback.repository.git import commit_of
    from takeback.upkeep.tables import verification_text
    from takeback.upkeep.verify import verify

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

    from takeback.upkeep.environment import how_to_get

    if not lines:
        return
    with tqdm.external_write_mode():  # the bar is on the screen already
        say(f"This Python environment is not that of {revision}, so a difference is to be expected:")
        say("\n".join(f"  {line}" for line in lines))
        say(f"To verify in the Python environment of {revision}:\n{how_to_get(revision)}")


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

    from takeback.upkeep.objects import check_objects
    from takeback.upkeep.repairs import check_text

    with tqdm(unit="object", leave=False, delay=1, file=sys.stderr) as bar:

        def on_object(finished: int, count: int) -> None:
            bar.total = count
            bar.update(finished - bar.n)

        objects = check_objects(revisions or [], on_object=on_object)
    say(check_text(objects))
    if not all(stored.sound for stored in objects):
        raise typer.Exit(1)


@app.command()
def gc(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
) -> None:
    """Remove cached objects that nothing needs, and what killed runs left behind.

    Kept are the objects of the workspace, of every tag, of every local branch's head and of every experiment. What only
    an older commit needs goes; `takeback verify COMMIT` rebuilds it. Remotes are never touched.

    \b
    Example:
      takeback gc --dry-run
      takeback gc
      takeback gc --yes
    """
    from takeback.repository.git import root
    from takeback.upkeep.garbage import remove
    from takeback.upkeep.plan import gc_plan

    top = root()
    plan = gc_plan(top)
    say(plan.text)
    if dry_run or plan.empty:
        return
    if not yes and not sys.stdin.isatty():
        raise UserError("nobody is here to ask. Nothing was removed. `takeback gc --yes` does it.")
    if not yes:
        typer.confirm("Remove it?", abort=True)
    remove(top, bool(plan.objects), plan.leftovers)
    say("Removed.")
