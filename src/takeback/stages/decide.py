"""Calibration data and candidate to calibrated PDs and decision thresholds."""

import math

import numpy as np

from takeback import config
from takeback.common.files import replacing, write_json
from takeback.data.parts import read_part
from takeback.decisions.bundle import CALIBRATION, POLICY
from takeback.decisions.calibration import Calibrator, fit_calibrator
from takeback.decisions.policy import DIGITS, Thresholds, choose_thresholds
from takeback.decisions.scoring import margins, thin_files
from takeback.models.packaged import load_model
from takeback.stages import layout

# Above every PD.
NEVER = 2.0


def main(name: str) -> None:
    """Run the stage for one candidate."""
    settings = config.load()
    part = read_part(settings.data, layout.SPLIT["calibration"])
    margin = margins(settings.data, load_model(layout.candidate(name)), part.columns)
    calibrator = fit_calibrator(settings.calibration.method, margin, part.bad)
    pd, thin = calibrator(margin), thin_files(settings.data, part.columns)
    if name == "rule":
        thresholds = rule_thresholds(settings.model.rule.decline_from, calibrator)
    else:
        thresholds = choose_thresholds(settings.policy, pd, thin)
    with replacing(layout.decision(name)) as folder:
        write_json(folder / CALIBRATION, calibrator.to_dict())
        write_json(folder / POLICY, thresholds.to_dict())


def rule_thresholds(decline_from: float, calibrator: Calibrator) -> Thresholds:
    """Return the bank's earlier practice: decline from a number of points on, an analyst decides on all others."""
    if decline_from > calibrator.margins[-1]:  # nobody has that many points
        return Thresholds(0.0, NEVER)
    # Downwards: who has exactly these points is declined.
    return Thresholds(0.0, math.floor(calibrator(np.array([decline_from]))[0] * 10**DIGITS) / 10**DIGITS)
