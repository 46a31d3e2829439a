"""Metrics of all candidates on the calibration part to the champion; the test part is for the report only."""

from takeback.assessment.champion import choose
from takeback.common import layout
from takeback.common.files import read_json, write_json
from takeback.config.params import MODEL_NAMES, load_params


def main() -> None:
    """Run the stage."""
    settings = load_params()
    performances = {name: read_json(layout.calibration(name) / "performance.json") for name in MODEL_NAMES}
    write_json(layout.CHAMPION, choose(settings.champion, performances))
