"""`takeback summary`: print what the last run of the pipeline gave."""

from takeback.cli.app import app, say


@app.command()
def summary() -> None:
    """Print what the last run of the pipeline gave.

    \b
    Example:
      takeback summary
    """
    from takeback.report.headline import summary as text

    say(text())
