"""Calibrators against scikit-learn, and what every calibrator must do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from takeback.common.errors import UserError
from takeback.decisions.calibration import calibrator_from, fit_calibrator, platt

METHODS = ["logistic", "isotonic"]


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
