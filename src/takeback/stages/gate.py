"""Metrics to a verdict. Never fails: who releases reads the verdict."""

from takeback import config
from takeback.assessment.gate import Evidence, judge
from takeback.common.files import read_json, write_json
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    champion = layout.test(read_json(layout.CHAMPION)["champion"])
    files = ("performance", "fairness", "intervals", "reasons")
    found = {name: read_json(champion / f"{name}.json") for name in files}
    found |= {"rule": read_json(layout.test("rule") / "performance.json"), "data": read_json(layout.DATA_METRICS)}
    write_json(layout.GATE, judge(config.load().gate, Evidence(**found)))
