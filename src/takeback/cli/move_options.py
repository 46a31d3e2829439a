"""What `takeback promote` and `takeback rollback` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from takeback.cli.app import say
from takeback.common.errors import UserError

if TYPE_CHECKING:
    from takeback.releases.moving import Environment, Move

BundleOnly = Annotated[
    bool, typer.Option("--bundle-only", help="Check only the bundle that a service loads, not every output.")
]


Unchecked = Annotated[
    bool,
    typer.Option(
        "--unchecked", help="An emergency: ask only whether the bundle loads. Needs --reason; shown for ever."
    ),
]


def check_reason(reason: str | None) -> None:
    """Ask for a reason that says something."""
    if not (reason or "").strip():
        raise UserError("--reason: says nothing. Those who look for the cause later will need it.")


def bring(asked: Move, environment: Environment, bundle_only: bool) -> None:
    """Check a release, bring it, and say so."""
    from takeback.releases.approval_tags import check_approvals
    from takeback.releases.availability import check_release
    from takeback.releases.moving import move
    from takeback.releases.tags import has_origin

    before = f"{environment.now.version} -> " if environment.now else "first release, "
    release = check_release(asked.version, not bundle_only, asked.unchecked)
    # Who goes back to what ran here goes back to what was approved, or came before approvals were asked for.
    ran = {(event.version, event.tag.commit) for event in environment.history if event.followed and event.came}
    if not asked.unchecked and (release.name, release.commit) not in ran:
        check_approvals(release, environment.name)
    say(f"{environment.name}: {before}{asked.version}")
    event = move(asked, environment, release)
    say(f"{environment.name} is at {event.version} ({event.tag.name}, by {event.by}).")
    shared = "everybody sees it at origin" if has_origin() else "only this clone knows: there is no Git remote origin"
    say(f"{shared[0].upper()}{shared[1:]}. This worktree stays as it is;")
    say(f"to work on {event.version} here: git checkout {event.version} && dvc fetch && dvc checkout")
