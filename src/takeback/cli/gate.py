"""The command that says whether the workspace may be released."""

from typing import Annotated, Any

import typer

from takeback.cli.app import app, say
from takeback.common.errors import UserError


@app.command()
def gate(
    against: Annotated[
        str | None, typer.Option(metavar="TAG", help="The release to compare with; the last one if not given.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show the criteria that are met, too.")] = False,
) -> None:
    """Say whether the workspace may be released: the pipeline's verdict, and whether it is worse than the last release.

    conf/gate has the limits and says which results block. Exit code 1 if one does.

    \b
    Example:
      takeback gate
      takeback gate --against v1.0.0 --all
    """
    from takeback.assessment.criteria import stopping, verdict
    from takeback.common import layout
    from takeback.common.files import read_json
    from takeback.releases.last_release import judge_against, last_release, named_release
    from takeback.repository.results import check_results

    check_results(layout.GATE)
    found = read_json(layout.GATE)
    if not isinstance(found, dict) or not isinstance(criteria := found.get("criteria"), dict):
        raise UserError(f"{layout.GATE}: expected what stage gate writes. `dvc repro` makes it.")
    _say(str(layout.GATE), criteria, every)
    tag = named_release(against) if against else last_release()
    if not tag:
        say("No earlier release to compare with.")
    elif compared := judge_against(tag)["criteria"]:
        _say(f"against {tag}", compared, every)
        criteria = {**criteria, **compared}
    else:
        say(f"{tag} is about another data set, or has no score per applicant: nothing to compare.")
    blocking = stopping(criteria)
    say(f"Gate: {verdict(criteria)}." + (f" {len(blocking)} block." if blocking else ""))
    if blocking:
        raise typer.Exit(1)


def _say(title: str, criteria: dict[str, Any], every: bool) -> None:
    from takeback.assessment.criteria import PASS, numbers, stops

    passed = sum(criterion["result"] == PASS for criterion in criteria.values())
    say(f"{title}: {passed} of {len(criteria)} criteria pass.")
    for name, criterion in sorted(criteria.items()):
        if every or criterion["result"] != PASS:
            effect = "BLOCKS" if stops(criterion) else criterion["result"]
            say(f"  {effect:<22} {name} {numbers(criterion)}")
