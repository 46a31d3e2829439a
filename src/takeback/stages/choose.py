"""Metrics of all candidates on the calibration part to the champion; the test part is for the report only."""

from takeback import config
from takeback.assessment.champion import choose
from takeback.common.files import read_json, write_json
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    performances = {name: read_json(layout.calibration(name) / "performance.json") for name in config.MODEL_NAMES}
    write_json(layout.CHAMPION, choose(settings.champion, performances))
