"""`takeback gc`: remove cached objects that nothing needs, and what killed runs left behind."""

import sys
from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


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
    from takeback.repository.garbage import remove
    from takeback.repository.garbage_plan import gc_plan
    from takeback.repository.git import root

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
