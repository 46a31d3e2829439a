"""Commands around what runs where: promote, rollback, environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError

if TYPE_CHECKING:
    from takeback.release.moving import Environment, Move

BundleOnly = Annotated[
    bool, typer.Option("--bundle-only", help="Check only the bundle that a service loads, not every output.")
]
Unchecked = Annotated[
    bool,
    typer.Option(
        "--unchecked", help="An emergency: ask only whether the bundle loads. Needs --reason; shown for ever."
    ),
]


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The release.")],
    to: Annotated[str, typer.Option("--to", metavar="ENVIRONMENT", help="Where it shall run, such as prod.")],
    reason: Annotated[str | None, typer.Option(help="Why; it is kept in the tag.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Bring a release to an environment: check what it is and that it can be had, then tag the move as GTO does.

    Only what `takeback release` made for this very name and commit is brought, with its gate computed again.

    \b
    Example:
      takeback promote v1.1.0 --to prod --reason "approved by model risk"
    """
    from takeback.release.moving import PROMOTE, Move, complete, open_environment

    if unchecked or reason is not None:
        _check_reason(reason)
    environment = open_environment(to)
    if environment.now and environment.now.version == version and (unchecked or environment.now.released):
        complete(environment.now)
        return say(f"{version} is in {to} already, by {environment.now.by}. Nothing is left to do.")
    return _move(Move(PROMOTE, to, version, reason or "promoted", unchecked), environment, bundle_only)


@app.command()
def rollback(
    environment: Annotated[str, typer.Argument(help="Where it runs, such as prod.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the tag.")],
    to: Annotated[str | None, typer.Option("--to", metavar="VERSION", help="Else what ran there before.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Put an earlier release back: without --to the one that ran before what runs now.

    Releases that were rolled back from are never the one before. The same command again, with the same reason,
    is the same rollback.

    \b
    Example:
      takeback rollback prod --reason "declines without a degree doubled"
      takeback rollback prod --to v1.0.0 --reason "complaint 4711"
    """
    from takeback.release.moving import ROLLBACK, Move, complete, is_done, open_environment, rollback_target

    _check_reason(reason)
    opened = open_environment(environment)
    if is_done(opened, to, reason) and opened.now:
        complete(opened.now)
        return say(f"{environment} is back at {opened.now.version}, by {opened.now.by}. Nothing is left to do.")
    return _move(Move(ROLLBACK, environment, to or rollback_target(opened), reason, unchecked), opened, bundle_only)


@app.command()
def environments(history: Annotated[bool, typer.Option("--history", help="Every move, latest last.")] = False) -> None:
    """Show which release runs where, since when, who brought it and why.

    \b
    Example:
      takeback environments
      takeback environments --history
    """
    from takeback.release.events import events
    from takeback.release.listing import current, table
    from takeback.release.sharing import fetch_tags, name_unshared, overwritten
    from takeback.release.tags import has_origin

    try:
        if has_origin():
            name_unshared(fetch_tags())
    except UserError as error:
        say(f"As it was at the last fetch: {error}", err=True)
    moves = events()
    if not moves:
        raise UserError(
            "no release was brought to an environment. `takeback promote VERSION --to ENVIRONMENT` does it."
        )
    say(table(sorted(moves, key=lambda move: int(move.tag.date.split()[0])) if history else current(moves)))
    for line in overwritten() if history else []:
        say(line)


def _check_reason(reason: str | None) -> None:
    if not (reason or "").strip():
        raise UserError("--reason: says nothing. Those who look for the cause later will need it.")


def _move(asked: Move, environment: Environment, bundle_only: bool) -> None:
    from takeback.release.availability import check_release
    from takeback.release.moving import move
    from takeback.release.tags import has_origin

    before = f"{environment.now.version} -> " if environment.now else "first release, "
    say(f"{environment.name}: {before}{asked.version}")
    event = move(asked, environment, check_release(asked.version, not bundle_only, asked.unchecked))
    say(f"{environment.name} is at {event.version} ({event.tag.name}, by {event.by}).")
    shared = "everybody sees it at origin" if has_origin() else "only this clone knows: there is no Git remote origin"
    say(f"{shared[0].upper()}{shared[1:]}. This worktree stays as it is;")
    say(f"to work on {event.version} here: git checkout {event.version} && dvc fetch && dvc checkout")
