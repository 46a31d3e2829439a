"""The rule declines who has its points, however calibration interpolates."""

import numpy as np
import pytest

from takeback.decisions.calibration_fits import fit_calibrator
from takeback.decisions.fitting import rule_thresholds
from takeback.decisions.policy import decide


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
@pytest.mark.parametrize("points", range(0, 116, 5))
def test_exactly_the_points_is_declined_and_fewer_is_referred(method, points):
    random = np.random.default_rng(3)
    margin = random.integers(0, 24, 4000) * 5.0
    bad = (random.random(4000) < 1 / (1 + np.exp(3 - margin / 30))).astype(float)
    calibrator = fit_calibrator(method, margin, bad)
    thresholds = rule_thresholds(points, calibrator)
    decision = decide(thresholds, calibrator(np.array([points, points + 5.0])), np.zeros(2, bool))
    assert decision.tolist() == [2, 2]


def test_points_that_nobody_has_decline_nobody():
    calibrator = fit_calibrator("logistic", np.array([0.0, 10.0, 20.0, 20.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    decision = decide(rule_thresholds(25, calibrator), calibrator(np.array([20.0])), np.zeros(1, bool))
    assert decision.tolist() == [1]
