"""Calibration data and candidate to calibrated PDs and decision thresholds."""

from takeback.common import layout
from takeback.common.files import replacing
from takeback.config.params import load_params
from takeback.decisions.bundle import write_decision
from takeback.decisions.fitting import fit_decision
from takeback.decisions.scoring import margins, thin_files
from takeback.models.packaged import load_model
from takeback.preparation.parts import read_part


def main(name: str) -> None:
    """Run the stage for one candidate."""
    settings = load_params()
    part = read_part(settings.data, layout.SPLIT["calibration"])
    margin = margins(settings.data, load_model(layout.candidate(name)), part.columns)
    calibrator, thresholds = fit_decision(settings, name, margin, part.bad, thin_files(settings.data, part.columns))
    with replacing(layout.decision(name)) as folder:
        write_decision(folder, calibrator, thresholds)
