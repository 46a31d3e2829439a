"""Metrics to a verdict. Never fails: who releases reads the verdict."""

from takeback import config
from takeback.assessment.gate import judge
from takeback.common.files import read_json, write_json
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    name = read_json(layout.CHAMPION)["champion"]
    champion, rule = (read_json(layout.test(n) / "performance.json") for n in (name, "rule"))
    fairness = read_json(layout.test(name) / "fairness.json")
    write_json(layout.GATE, judge(settings.gate, champion, rule, fairness, read_json(layout.DATA_METRICS)))
