"""Metrics of all candidates on the calibration part to the champion; the test part is for the report only."""

from takeback.assessment.champion import choose
from takeback.common import layout
from takeback.common.files import read_json, write_json
from takeback.config.params import load_params


def main() -> None:
    """Run the stage."""
    settings = load_params()
    layout.refuse_removed(settings.candidates)
    performances = {name: read_json(layout.calibration(name) / "performance.json") for name in settings.candidates}
    write_json(layout.CHAMPION, choose(settings.champion, performances))
