"""`takeback approve`: approve a release in a role."""

from __future__ import annotations

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def approve(
    version: Annotated[str, typer.Argument(help="The release.")],
    role: Annotated[str, typer.Option(help="The role in which you speak, such as model_risk.")],
    note: Annotated[str, typer.Option(help="What you looked at and why it may run; it is kept in the tag.")],
) -> None:
    """Approve a release in a role of conf/governance: check that it is one and that its gate passes, then tag that.

    `takeback promote` asks for the roles that conf/governance names for an environment.

    \b
    Example:
      takeback approve v1.1.0 --role model_risk --note "validated, see MR-117"
    """
    from takeback.releases.approving import approve as approve_release
    from takeback.releases.tags import has_origin

    if not note.strip():
        raise UserError("--note: says nothing. Those who ask later what was looked at will need it.")
    approval, new = approve_release(version, role, note)
    if not new:
        return say(f"{version} is approved as {role} already, by {approval.by}. Nothing is left to do.")
    where = "everybody sees it at origin" if has_origin() else "only this clone knows: there is no Git remote origin"
    return say(f"{version} is approved as {role} ({approval.tag.name}, by {approval.by}); {where}.")
