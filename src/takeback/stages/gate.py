"""Metrics to a verdict. Never fails: who releases reads the verdict."""

from takeback import config
from takeback.assessment.gate import Evidence, judge
from takeback.common.files import read_json, write_json
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    files = layout.evidence(read_json(layout.CHAMPION)["champion"])
    found = {name: read_json(path) for name, path in files.items()}
    write_json(layout.GATE, judge(config.load().gate, Evidence(**found)))
