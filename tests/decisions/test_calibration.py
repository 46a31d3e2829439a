"""Calibrators against scikit-learn, and what every calibrator must do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from takeback.common.errors import UserError
from takeback.decisions.calibration import calibrator_from
from takeback.decisions.calibration_fits import FITS, choose_method, fit_calibrator, platt
from takeback.decisions.logistic_regression import logistic_regression

METHODS = ["logistic", "beta", "isotonic"]


def sample(rows=4000, seed=1):
    random = np.random.default_rng(seed)
    margin = random.normal(-1, 1.5, rows)
    return margin, (random.random(rows) < 1 / (1 + np.exp(-0.7 * margin + 0.5))).astype(float)


def test_platt_is_unpenalised_logistic_regression():
    margin, bad = sample()
    oracle = LogisticRegression(C=1e9, tol=1e-10).fit(margin[:, None], bad)
    intercept, slope = platt(margin, bad)
    assert intercept == pytest.approx(oracle.intercept_[0], abs=2e-3)  # Platt's targets differ from 0 and 1
    assert slope == pytest.approx(oracle.coef_[0, 0], abs=2e-3)


def test_the_table_follows_the_platt_curve():
    margin, bad = sample()
    intercept, slope = platt(margin, bad)
    calibrator = fit_calibrator("logistic", margin, bad)
    inside = np.quantile(margin, np.linspace(0.01, 0.99, 500))
    assert np.abs(calibrator(inside) - 1 / (1 + np.exp(-intercept - slope * inside))).max() < 1e-3


def test_the_coefficients_are_those_of_scikit_learn_and_an_offset_is_a_known_coefficient():
    margin, bad = sample()
    other, weight = np.random.default_rng(2).normal(size=(2, len(bad)))
    design = np.column_stack([np.ones(len(bad)), margin, other])
    found = logistic_regression(design, bad, np.abs(weight))
    oracle = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
    oracle.fit(design[:, 1:], bad, sample_weight=np.abs(weight))
    assert found == pytest.approx([oracle.intercept_[0], *oracle.coef_[0]], rel=1e-6)
    assert logistic_regression(design[:, [0, 2]], bad, np.abs(weight), found[1] * margin) == pytest.approx(
        found[[0, 2]], abs=1e-8
    )


def test_outcomes_that_are_separated_or_columns_that_follow_from_others_have_none():
    margin = np.array([-2.0, -1.0, 1.0, 2.0])
    design = np.column_stack([np.ones(4), margin])
    assert logistic_regression(design, (margin > 0).astype(float)) is None
    assert logistic_regression(np.column_stack([design, 3 * margin]), np.array([0.0, 1.0, 0.0, 1.0])) is None


def test_beta_bends_the_two_ends_apart():
    """Beta calibration finds what Platt's curve cannot: PDs too high at one end, and right at the other."""
    random = np.random.default_rng(3)
    margin = random.normal(-0.5, 2, 60_000)
    own = 1 / (1 + np.exp(-margin))
    true = 1 / (1 + np.exp(-(-0.4 + 1.6 * np.log(own) - 0.6 * np.log(1 - own))))
    bad = (random.random(len(margin)) < true).astype(float)
    inside = np.abs(margin) < 3
    errors = {
        method: np.abs(fit_calibrator(method, margin, bad)(margin) - true)[inside].mean()
        for method in ("none", "logistic", "beta")
    }
    assert errors["beta"] < 0.006 < errors["logistic"] < errors["none"]


def test_beta_without_a_falling_side_is_what_is_left():
    """With a negative coefficient the table would fall somewhere; the fit of Kull et al. leaves that side out."""
    random = np.random.default_rng(4)
    margin = random.normal(0, 2, 4000)
    bad = (random.random(4000) < np.where(margin < 0, 0.5, 0.5 + 0.1 * margin.clip(0, 4))).astype(float)
    pds = np.array(fit_calibrator("beta", margin, bad).pds)
    assert (np.diff(pds) >= 0).all()
    assert pds[0] == pytest.approx(0.5, abs=0.05)


def test_no_calibration_leaves_the_models_pd():
    margin, bad = sample()
    inside = np.quantile(margin, np.linspace(0.01, 0.99, 500))
    assert np.abs(fit_calibrator("none", margin, bad)(inside) - 1 / (1 + np.exp(-inside))).max() < 1e-3


@pytest.mark.parametrize(
    ("truth", "method"),
    [
        (lambda margin: margin, "none"),
        (lambda margin: 0.7 * margin - 0.5, "logistic"),
        (lambda margin: 2.5 * -np.logaddexp(0, -margin) + 0.2 * np.logaddexp(0, margin), "beta"),
        (lambda margin: np.where(margin > -0.5, 2.0, -2.0), "isotonic"),
    ],
)
def test_the_plainest_method_that_no_other_beats_is_chosen(truth, method):
    random = np.random.default_rng(0)
    margin = random.normal(-0.5, 1.5, 8000)
    bad = (random.random(8000) < 1 / (1 + np.exp(-truth(margin)))).astype(float)
    found = choose_method(margin, bad)
    assert found["method"] == method
    assert found["log_loss"].keys() == found["standard_error"].keys() == FITS.keys()
    assert fit_calibrator("auto", margin, bad) == fit_calibrator(method, margin, bad)


def test_points_are_no_log_odds_and_are_calibrated():
    random = np.random.default_rng(1)
    points = random.integers(0, 24, 4000) * 5.0
    bad = (random.random(4000) < 1 / (1 + np.exp(3 - points / 30))).astype(float)
    assert choose_method(points, bad)["method"] == "logistic"


def test_centered_isotonic_has_the_blocks_of_isotonic_regression():
    margin, bad = sample()
    oracle = IsotonicRegression().fit(margin, bad).predict(margin)
    calibrator = fit_calibrator("isotonic", margin, bad)
    assert np.allclose(calibrator.pds, np.unique(np.round(oracle, 8)))


@pytest.mark.parametrize("method", METHODS)
def test_mean_pd_is_the_bad_rate_and_order_is_kept(method):
    margin, bad = sample()
    pd = fit_calibrator(method, margin, bad)(np.sort(margin))
    assert pd.mean() == pytest.approx(bad.mean(), abs=0.005)
    assert (np.diff(pd) >= 0).all()


@given(
    st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: len({bad for _, bad in rows}) == 2
    ),
    st.sampled_from(METHODS),
)
def test_a_calibrator_rises_and_stays_between_0_and_1(rows, method):
    margin, bad = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    pd = fit_calibrator(method, margin, bad)(np.linspace(-30, 30, 200))
    assert ((pd >= 0) & (pd <= 1)).all()
    assert (np.diff(pd) >= 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_margin_gives_the_bad_rate(method):
    pd = fit_calibrator(method, np.zeros(1000), np.repeat([0.0, 1.0], [800, 200]))(np.array([-1.0, 0.0, 1.0]))
    assert pd == pytest.approx([0.2, 0.2, 0.2], abs=0.002)


def test_json_and_back():
    calibrator = fit_calibrator("isotonic", *sample(200))
    assert calibrator_from(calibrator.to_dict()) == calibrator


@pytest.mark.parametrize("margins", [(-1.7e308, 1.7e308), (0.0, 1e-310)])
def test_margins_between_which_no_pd_can_be_read_are_refused(margins):
    with pytest.raises(UserError, match="too far apart or too close"):
        calibrator_from({"margins": margins, "pds": (0.0, 1.0)})
