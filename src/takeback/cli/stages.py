"""Commands around what runs where: promote, rollback, stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError

if TYPE_CHECKING:
    from takeback.release.moving import Move, Stage

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
    to: Annotated[str, typer.Option("--to", metavar="STAGE", help="Where it shall run, such as prod.")],
    reason: Annotated[str | None, typer.Option(help="Why; it is kept in the tag.")] = None,
    bundle_only: BundleOnly = False,
    unchecked: Unchecked = False,
) -> None:
    """Bring a release to a stage: check what it is and that it can be had, then move GTO's stage tag, shared at once.

    Only what `takeback release` made for this very name and commit is brought, with its gate computed again.

    \b
    Example:
      takeback promote v1.1.0 --to prod --reason "approved by model risk"
    """
    from takeback.release.moving import PROMOTE, Move, complete, open_stage

    if unchecked or reason is not None:
        _check_reason(reason)
    stage = open_stage(to)
    if stage.now and stage.now.version == version and (unchecked or stage.now.released):
        complete(stage.now)
        return say(f"{version} is in {to} already, by {stage.now.by}. Nothing is left to do.")
    return _move(Move(PROMOTE, to, version, reason or "promoted", unchecked), stage, bundle_only)


@app.command()
def rollback(
    stage: Annotated[str, typer.Option(help="The stage, such as prod.")],
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
      takeback rollback --stage prod --reason "declines without a degree doubled"
      takeback rollback --stage prod --to v1.0.0 --reason "complaint 4711"
    """
    from takeback.release.moving import ROLLBACK, Move, complete, is_done, open_stage, rollback_target

    _check_reason(reason)
    opened = open_stage(stage)
    if is_done(opened, to, reason) and opened.now:
        complete(opened.now)
        return say(f"{stage} is back at {opened.now.version}, by {opened.now.by}. Nothing is left to do.")
    return _move(Move(ROLLBACK, stage, to or rollback_target(opened), reason, unchecked), opened, bundle_only)


@app.command()
def stages(history: Annotated[bool, typer.Option("--history", help="Every move, latest last.")] = False) -> None:
    """Show which release runs where, since when, who brought it and why.

    \b
    Example:
      takeback stages
      takeback stages --history
    """
    from takeback.release.listing import current, table
    from takeback.release.sharing import fetch_tags, name_unshared, overwritten
    from takeback.release.stages import events
    from takeback.release.tags import has_origin

    try:
        if has_origin():
            name_unshared(fetch_tags())
    except UserError as error:
        say(f"As it was at the last fetch: {error}", err=True)
    moves = events()
    if not moves:
        raise UserError("no release was brought to a stage. `takeback promote VERSION --to STAGE`.")
    say(table(sorted(moves, key=lambda move: int(move.tag.date.split()[0])) if history else current(moves)))
    for line in overwritten() if history else []:
        say(line)


def _check_reason(reason: str | None) -> None:
    if not (reason or "").strip():
        raise UserError("--reason: says nothing. Those who look for the cause later will need it.")


def _move(asked: Move, stage: Stage, bundle_only: bool) -> None:
    from takeback.release.availability import check_release
    from takeback.release.moving import move
    from takeback.release.tags import has_origin

    say(f"{stage.name}: {f'{stage.now.version} -> ' if stage.now else 'first release, '}{asked.version}")
    event = move(asked, stage, check_release(asked.version, not bundle_only, asked.unchecked))
    say(f"{stage.name} is at {event.version} ({event.tag.name}, by {event.by}).")
    shared = "everybody sees it at origin" if has_origin() else "only this clone knows: there is no Git remote origin"
    say(f"{shared[0].upper()}{shared[1:]}. This worktree stays as it is;")
    say(f"to work on {event.version} here: git checkout {event.version} && dvc fetch && dvc checkout")
