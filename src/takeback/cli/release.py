"""`takeback release`: make this commit a release."""

from typing import Annotated

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError

NoPush = Annotated[bool, typer.Option("--no-push", help="Leave the Git remote alone.")]


@app.command()
def release(
    version: Annotated[str | None, typer.Argument(help="vMAJOR.MINOR.PATCH; without it the proposed one.")] = None,
    sign: Annotated[bool, typer.Option("--sign", help="Sign the tag, as Git is configured to.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check and show the tag's message.")] = False,
    no_push: NoPush = False,
    local_data: Annotated[
        bool, typer.Option("--local-data", help="Share the tag although the data stay in a folder of this machine.")
    ] = False,
) -> None:
    """Make this commit a release: check everything, push the data, tag, push the tag.

    \b
    Example:
      takeback release --dry-run
      takeback release
      takeback release v2.0.0 --sign
    """
    from takeback.releases.destination import data_problems, destination
    from takeback.releases.planning import plan
    from takeback.releases.publishing import message_of, publish
    from takeback.releases.release_checks import signature_problems
    from takeback.releases.tags import has_origin

    shared = has_origin() and not no_push
    planned = plan(version, shared)
    if planned.problems and planned.made:
        raise UserError(f"{planned.made.name} is made already, by {planned.made.by}. {_wrong(planned.problems)}")
    if planned.made and planned.done and not dry_run:
        return say(f"{planned.made.name} is released already, by {planned.made.by}. Nothing is left to do.")
    state = " is released already" if planned.done else " completes an interrupted run" if planned.made else ""
    say(f"{planned.version}{state}")
    say("\n".join(f"  {change.bump}: {change.text}" for change in planned.changes) or "  the first release")
    if planned.version != planned.proposed and not planned.made:
        say(f"  asked for; these changes propose {planned.proposed}")
    problems = [
        *planned.problems,
        *signature_problems(planned.made, sign),
        *data_problems(planned.previous and planned.previous.name, shared, local_data),
    ]
    if problems:
        raise UserError(f"not released. {_wrong(problems)}")
    if dry_run:
        return say(f"\n{message_of(planned)}")
    objects = publish(planned, sign, shared, lambda text: say(text, err=True))
    _log(str(planned.version))
    where = "pushed to origin" if shared else "not pushed: `git push --atomic REMOTE BRANCH " + f"{planned.version}`"
    say(f"Released {planned.version} ({where}). Next: takeback promote {planned.version} --to ENVIRONMENT")
    return say(f"The data: {destination(objects)}.")


def _wrong(problems: list[str]) -> str:
    return "What is wrong:\n" + "\n".join(f"- {problem}" for problem in problems)


def _log(version: str) -> None:
    """Log a release elsewhere if params.yaml asks for it; the release stands whether or not that server is there."""
    from takeback.config.params import load_params

    if load_params().tracking == "none":
        return
    from takeback.extras.tracking.run import log_run
    from takeback.repository.git import commit_of

    try:
        log_run(version, "release", commit_of(version))
    except UserError as error:
        say(f"warning: {error}\nLog it later: takeback track {version}", err=True)
