"""`takeback track`: log a release or an experiment to the MLflow server, for example after the server was down."""

from typing import Annotated

import typer

from takeback.cli.app import app, say


@app.command()
def track(name: Annotated[str, typer.Argument(help="A release's tag or an experiment's name.")]) -> None:
    """Log a release or an experiment to the MLflow server, for example after the server was down.

    Experiments are logged as they end. Logging the same again changes nothing.

    \b
    Example:
      takeback track v1.2.0
      takeback track puffy-daks
    """
    from takeback.extras.tracking.run import track as log

    say(f"The {log(name)} {name} is on the MLflow server.")
