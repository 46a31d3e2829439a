"""Right PDs and wrong ones, against scikit-learn, scipy and plain counting."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from takeback.assessment import calibration_measures as measures
from takeback.assessment.criteria import near_one
from takeback.assessment.weighted import calibration_bin
from takeback.config.params import Ratio


def applicants(n=4000, seed=0, shift=0.0, slope=1.0):
    """PDs, and outcomes whose log odds are ``shift`` higher and ``slope`` times as steep."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-1.5, 1.1, n)
    return pd.DataFrame(
        {"pd": expit(log_odds), "bad": (random.random(n) < expit(shift + slope * log_odds)).astype(int)}
    )


def once(scored):
    return np.ones((1, len(scored)))


@pytest.mark.parametrize(("shift", "slope"), [(0.0, 1.0), (0.3, 1.0), (-0.5, 0.7), (0.1, 1.4)])
def test_odds_and_slope_are_those_of_scipy_and_scikit_learn(shift, slope):
    scored = applicants(shift=shift, slope=slope)
    bad, log_odds = scored["bad"].to_numpy(), logit(scored["pd"].to_numpy())
    weight = np.random.default_rng(1).integers(0, 3, len(bad)).astype(float)
    for row in (weight, np.ones(len(bad))):
        root = brentq(lambda a: (row * (bad - expit(a + log_odds))).sum(), -5, 5)  # noqa: B023  used at once
        fitted = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
        fitted.fit(log_odds[:, None], bad, sample_weight=row)
        assert measures.calibration_odds(scored, row[None]) == pytest.approx([np.exp(root)])
        assert measures.calibration_slope(scored, row[None]) == pytest.approx(fitted.coef_[0], rel=1e-5)


@pytest.mark.parametrize(
    "scored",
    [
        pd.DataFrame({"pd": [0.1, 0.2, 0.4], "bad": [0, 0, 0]}),
        pd.DataFrame({"pd": [0.1, 0.2, 0.4], "bad": [1, 1, 1]}),
    ],
)
def test_one_outcome_has_neither(scored):
    assert np.isnan(measures.calibration_odds(scored, once(scored))).all()
    assert np.isnan(measures.calibration_slope(scored, once(scored))).all()


def test_pds_that_separate_or_are_all_the_same_have_no_slope():
    for pds in ([0.1, 0.2, 0.8, 0.9], [0.3] * 4):
        scored = pd.DataFrame({"pd": pds, "bad": [0, 0, 1, 1]})
        assert np.isnan(measures.calibration_slope(scored, once(scored))).all()
        assert np.isfinite(measures.calibration_odds(scored, once(scored))).all()


def test_pds_of_0_and_1_are_as_far_as_they_go():
    scored = pd.DataFrame({"pd": [0.0, 0.4, 0.5, 1.0], "bad": [0, 1, 0, 1]})
    assert np.isfinite(measures.calibration_odds(scored, once(scored))).all()


def counted(scored):
    """Each bin as (members, mean PD, bad rate, mean of pd (1 - pd))."""
    code = calibration_bin(scored["pd"].to_numpy())
    for number in sorted({*code}):
        rows = scored[code == number]
        yield len(rows), rows["pd"].mean(), rows["bad"].mean(), (rows["pd"] * (1 - rows["pd"])).mean()


def test_the_debiased_error_is_counted_by_hand():
    scored = applicants(500, shift=0.6)
    squares = [n / 500 * ((p - y) ** 2 - y * (1 - y) / (n - 1)) for n, p, y, _ in counted(scored)]
    assert measures.debiased_calibration_error(scored) == pytest.approx(sum(squares) ** 0.5)


def test_the_debiased_error_of_right_pds_does_not_depend_on_how_many_there_are():
    """The raw one does: of 200 applicants it is some 0.08 by chance, of 20,000 some 0.01."""
    for n in (200, 20000):
        squares = [measures.debiased_calibration_error(applicants(n, seed)) ** 2 for seed in range(60)]
        assert np.median(squares) < 0.03**2


def test_hosmer_lemeshow_is_counted_by_hand():
    scored = applicants(800, shift=0.1)
    statistic = sum(n * (y - p) ** 2 / v for n, p, y, v in counted(scored))
    draws = np.random.default_rng(0).chisquare(10, 400_000)
    assert measures.hosmer_lemeshow_p(scored) == pytest.approx((draws > statistic).mean(), abs=0.004)


@pytest.mark.parametrize("test", [measures.spiegelhalter_p, measures.hosmer_lemeshow_p])
def test_right_pds_are_doubted_once_in_twenty_times_and_wrong_ones_always(test):
    doubted = np.mean([test(applicants(1500, seed)) < 0.05 for seed in range(400)])
    assert 0.02 < doubted < 0.09
    assert test(applicants(6000, 1, slope=0.7)) < 0.001


def test_the_parts_of_the_brier_score_add_up():
    scored = applicants(2000)
    scored["pd"] = np.round(scored["pd"], 1).clip(0.1, 0.4)  # a bin has one PD
    parts = (measures.brier_reliability, measures.brier_resolution, measures.brier_uncertainty)
    reliability, resolution, uncertainty = (part(scored) for part in parts)
    assert reliability - resolution + uncertainty == pytest.approx(((scored["pd"] - scored["bad"]) ** 2).mean())
    assert resolution > 0.005


@pytest.mark.parametrize(
    ("value", "interval", "result"),
    [
        (1.1, (1.02, 1.18), "pass"),
        (1 / 1.1, None, "pass"),
        (1.3, (1.1, 1.5), "insufficient evidence"),
        (1.3, (1.21, 1.4), "fail"),
        (0.7, (0.6, 0.82), "fail"),
        (0.7, (0.6, 0.9), "insufficient evidence"),
        (1.3, None, "fail"),
        (None, None, "insufficient evidence"),
    ],
)
def test_a_limit_of_a_ratio_holds_on_both_sides(value, interval, result):
    assert near_one(Ratio(limit=1.2, blocks="fail"), value, interval)["result"] == result
    if value:
        turned = interval and (1 / interval[1], 1 / interval[0])
        assert near_one(Ratio(limit=1.2, blocks="fail"), 1 / value, turned)["result"] == result
