"""`takeback summary`: print what the last run of the pipeline gave."""

from takeback.cli.app import app, say


@app.command()
def summary() -> None:
    """Print what the last run of the pipeline gave: the champion's metrics beside the rule's, and the gate's verdict.

    \b
    Example:
      takeback summary
    """
    from takeback.common import layout
    from takeback.common.files import read_json
    from takeback.config.params import load_params
    from takeback.report.headline import headline
    from takeback.repository.results import check_results

    check_results(layout.METRICS)
    champion, scenario = read_json(layout.CHAMPION)["champion"], read_json(layout.SPLIT_METRICS)["scenario"]
    performances = {name: read_json(layout.test(name) / "performance.json") for name in (champion, "rule")}
    say(headline(load_params().data.name, champion, performances, read_json(layout.GATE), scenario))
    say(f"Report: {layout.REPORT} (open it in a browser)")
