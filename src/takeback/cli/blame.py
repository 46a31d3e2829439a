"""Which step moved a metric between two revisions."""

from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say


@app.command()
def blame(
    before: Annotated[str, typer.Argument(metavar="A", help="A tag, branch or commit.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The one to compare it with.")],
    metric: Annotated[str, typer.Option(help="Such as auc, profit, or high_school.approval_ratio.")],
    seeds: Annotated[int, typer.Option(min=0, help="Refits of A and of B with other seeds: the luck of a fit.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    picture: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Write a waterfall chart.")] = None,
) -> None:
    """Say which step moved a metric of the champion on the test part: data, features, model, policy or code.

    Runs the pipeline for every mixture of the two revisions in temporary clones, and attributes the change by Shapley
    values. What has run before comes from DVC's run-cache, so a second call, or one for another metric, is quick.

    \b
    Example:
      takeback blame v1.1.0 v2.0.0 --metric auc
      takeback blame v1.1.0 v2.0.0 --metric education.high_school.approval_ratio --picture blame.svg
    """
    import json
    import signal

    from takeback.common.files import rounded, write_text
    from takeback.extras.blame import blame_words
    from takeback.extras.blame.attribution import attribute
    from takeback.extras.blame.changes import compare
    from takeback.extras.blame.ends import known_metric
    from takeback.extras.blame.runs import run_all
    from takeback.extras.blame.waterfall import waterfall
    from takeback.repository.dvc import cache_folder
    from takeback.repository.git import root

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: no clone and no pipeline stays
    folder = root()
    pair = compare(before, after, folder)
    known_metric(pair, metric)
    if not pair.players:
        return say(f"Nothing that can move a metric differs between {before} and {after}.")
    result = attribute(run_all(pair, seeds, cache_folder(folder)), metric)
    if picture:
        write_text(picture, waterfall(result))
    return say(json.dumps(rounded(blame_words.as_json(result)), indent=2) if as_json else blame_words.as_text(result))
