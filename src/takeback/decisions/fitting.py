"""What is fitted after a model: its calibrator and the thresholds of its decisions, on the calibration part."""

import math
from dataclasses import replace

import numpy as np

from takeback.config.params import Config
from takeback.data.expressions import Array
from takeback.decisions.calibration import Calibrator
from takeback.decisions.calibration_fits import fit_calibrator
from takeback.decisions.policy import DIGITS, NEVER, Thresholds, choose_thresholds


def fit_decision(settings: Config, name: str, margin: Array, bad: Array, thin: Array) -> tuple[Calibrator, Thresholds]:
    """Fit a candidate's calibrator and choose its thresholds.

    Parameters
    ----------
    settings
        The method of calibration, the policy, and from how many points the rule declines.
    name
        The candidate.
    margin, bad, thin
        Of the calibration part, each of shape (n,): margins, outcomes (1 is a default), and who has a thin file.
    """
    calibrator = fit_calibrator(settings.calibration.method, margin, bad)
    if name == "rule":
        cut = rule_thresholds(settings.rule.decline_from, calibrator)
        return calibrator, replace(cut, thin_files=settings.policy.thin_files)
    return calibrator, choose_thresholds(settings.policy, calibrator(margin), thin)


def rule_thresholds(decline_from: float, calibrator: Calibrator) -> Thresholds:
    """Return the bank's earlier practice: decline from a number of points on, an analyst decides on all others."""
    if decline_from > calibrator.margins[-1]:  # nobody has that many points
        return Thresholds(0.0, NEVER)
    # Downwards: who has exactly these points is declined.
    return Thresholds(0.0, math.floor(calibrator(np.array([decline_from]))[0] * 10**DIGITS) / 10**DIGITS)
