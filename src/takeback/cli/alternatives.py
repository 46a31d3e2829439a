"""Models that treat groups more alike, and what they would cost."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from takeback.cli.app import app, say

LOGS = Path(".takeback/alternatives")


@app.command()
def alternatives(
    trials: Annotated[
        int, typer.Option(min=1, help="How many alternatives to try, the single changes included.")
    ] = 130,
    name: Annotated[
        str, typer.Option(help="Of the folder under alternatives/ and the preset.")
    ] = "less_discriminatory",
    assume: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Another assumption of the policy; may be repeated.")
    ] = None,
    space: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="What may be tried; else conf/alternatives/DATA.yaml.")
    ] = None,
) -> None:
    """Search for less discriminatory alternatives to the champion; write a dossier, and a preset with what was chosen.

    Tries features, models, reweighing and what else conf/alternatives/ allows on the training and calibration parts,
    never on the test part. Stop it at any time: the same command goes on where it stopped.

    \b
    Example:
      takeback alternatives
      takeback alternatives --trials 60 --assume policy.loss_given_default=0.5 --name lgd_half
      dvc exp run -S experiment=less_discriminatory
    """
    import signal

    from takeback.common import layout
    from takeback.extras.alternatives.command import PARTS, preset, search_alternatives, write_alternatives
    from takeback.repository.results import check_results

    check_results(layout.CHAMPION, *(layout.SPLIT[part] for part in PARTS), conf=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: no process stays
    written = preset(name)
    try:
        outcome = search_alternatives(trials, assume or [], space, LOGS)
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from here.")
    options = [f"--trials {trials}", *(f"--assume {text}" for text in assume or []), f"--name {name}"]
    options += [f"--space {Path(os.path.relpath(space)).as_posix()}"] if space else []
    chosen = write_alternatives(outcome, name, " ".join(["takeback alternatives", *options]))
    say(f"alternatives/{name}/dossier.md written: {len(outcome.found.trials)} alternatives.")
    if chosen:
        return say(f"Chosen: trial {chosen.number}, {written}. Try it: dvc exp run -S experiment={name}")
    return say("None is chosen: none meets the rule. The dossier has the frontier.")
