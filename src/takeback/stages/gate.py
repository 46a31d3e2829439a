"""Metrics to a verdict. Never fails: who releases reads the verdict."""

from takeback import config
from takeback.assessment.gate import Evidence, judge
from takeback.common.files import read_json, write_json
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    champion = layout.test(read_json(layout.CHAMPION)["champion"])
    files = ("performance", "fairness", "intervals", "reasons")
    rule = read_json(layout.test("rule") / "performance.json")
    found = Evidence(*(read_json(champion / f"{name}.json") for name in files), rule, read_json(layout.DATA_METRICS))
    write_json(layout.GATE, judge(config.load().gate, found))
