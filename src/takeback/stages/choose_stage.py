"""What all candidates give the calibration part to the champion; the test part is for the report only."""

from takeback.assessment.champion import choose
from takeback.assessment.scored import as_scored
from takeback.common import layout
from takeback.common.files import read_parquet, write_json
from takeback.config.params import load_params


def main() -> None:
    """Run the stage."""
    settings = load_params()
    layout.refuse_removed(settings.candidates)
    candidates = {name: as_scored(read_parquet(layout.calibration_scores(name))) for name in settings.candidates}
    write_json(layout.CHAMPION, choose(settings.champion, candidates))
