"""Every metric against an independent oracle: a hand-worked example, or the definition in plain Python."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from takeback.assessment.performance import calibration_bins, roc_points
from tests.assessment.tables import decision, probability, ranking, table_of

PD = np.array([0.1, 0.4, 0.35, 0.8])
BAD = np.array([0.0, 0.0, 1.0, 1.0])

outcomes = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: len({bad for _, bad in rows}) == 2
)


@given(outcomes)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows):
    pairs = [(g, b) for (g, is_bad), (b, also_bad) in itertools.product(rows, rows) if also_bad and not is_bad]
    expected = np.mean([1.0 if b > g else 0.5 if b == g else 0.0 for g, b in pairs])
    pd, bad = _arrays(rows)
    measured = ranking(pd, bad)
    assert measured["auc"] == pytest.approx(expected)
    assert measured["gini"] == pytest.approx(2 * expected - 1)


@given(outcomes)
def test_ks_is_the_largest_distance_of_the_two_distributions(rows):
    pd, bad = _arrays(rows)
    distances = [abs((pd[bad == 0] <= cut).mean() - (pd[bad == 1] <= cut).mean()) for cut in pd]
    signed = [(pd[bad == 0] <= cut).mean() - (pd[bad == 1] <= cut).mean() for cut in pd]
    assert ranking(pd, bad)["ks"] == pytest.approx(max(0.0, *signed))
    assert ranking(pd, bad)["ks"] <= max(distances) + 1e-12


@given(outcomes)
def test_scikit_learn_agrees(rows):
    pd, bad = _arrays(rows)
    measured = ranking(pd, bad) | probability(pd, bad)
    assert measured["auc"] == pytest.approx(metrics.roc_auc_score(bad, pd))
    assert measured["average_precision"] == pytest.approx(metrics.average_precision_score(bad, pd))
    assert measured["brier"] == pytest.approx(metrics.brier_score_loss(bad, pd))
    assert measured["log_loss"] == pytest.approx(metrics.log_loss(bad, np.clip(pd, 1e-6, 1 - 1e-6)))
    fpr, tpr, _ = metrics.roc_curve(bad, pd)
    assert measured["ks"] == pytest.approx((tpr - fpr).max())
    whole_curve = metrics.roc_curve(bad, pd, drop_intermediate=False)
    points = roc_points(table_of(pd, bad))[["false_positive_rate", "true_positive_rate"]]
    assert points.to_numpy() == pytest.approx(np.column_stack(whole_curve[:2]))


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=30))
def test_scikit_learn_agrees_on_declines(taiwan_config, rows):
    decisions, bad = np.array([d for d, _ in rows], dtype=np.int8), np.array([float(b) for _, b in rows])
    measured = decision(decisions, bad, np.ones(len(rows)), taiwan_config.policy)
    for name, score in {"precision": "precision", "recall": "recall", "f1": "f1"}.items():
        expected = getattr(metrics, f"{score}_score")(bad, decisions == 2, zero_division=0)
        assert measured[f"decline_{name}"] == pytest.approx(expected)
    assert measured["decline_accuracy"] == pytest.approx(metrics.accuracy_score(bad, decisions == 2))


def test_ranking_by_hand():
    assert ranking(PD, BAD)["auc"] == 0.75
    assert ranking(PD, BAD)["average_precision"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_one_outcome_has_no_ranking_but_a_probability():
    measured = ranking(PD, np.zeros(4))
    assert set(measured) == {"auc", "gini", "ks", "average_precision", "h_measure", "emp"}
    assert set(measured.values()) == {None}
    assert probability(PD, np.zeros(4))["log_loss"] == pytest.approx(-np.log([0.9, 0.6, 0.65, 0.2]).mean())


def test_probability_by_hand():
    measured = probability(PD, BAD)
    assert measured["brier"] == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)
    assert measured["log_loss"] == pytest.approx(-np.log([0.9, 0.6, 0.35, 0.8]).mean())
    assert measured["calibration_error"] == pytest.approx((0.1 + 0.4 + 0.65 + 0.2) / 4)


def test_calibration_bins_hold_everybody_once():
    random = np.random.default_rng(3)
    pd = np.round(random.random(997), 2)
    bad = (random.random(997) < pd).astype(float)
    bins = calibration_bins(table_of(pd, bad))
    assert bins["count"].sum() == 997
    assert (bins["count"] * bins["bad_rate"]).sum() == pytest.approx(bad.sum())
    assert (bins["count"] * bins["mean_pd"]).sum() == pytest.approx(pd.sum())
    assert bins["mean_pd"].is_monotonic_increasing


def test_decisions_by_hand(taiwan_config):
    policy = taiwan_config.policy.model_copy(
        update={"return_rate": 0.2, "loss_given_default": 0.5, "review_cost": 0.0, "analyst_approves_good": 1.0}
    )
    decisions = np.array([0, 0, 1, 2, 2])
    bad, amount = np.array([0.0, 1.0, 0.0, 1.0, 0.0]), np.array([10.0, 10.0, 20.0, 30.0, 30.0])
    measured = decision(decisions, bad, amount, policy)
    assert (measured["approve_rate"], measured["refer_rate"], measured["decline_rate"]) == (0.4, 0.2, 0.4)
    assert measured["bad_rate_among_approved"] == 0.5
    assert measured["profit_per_application"] == pytest.approx((0.2 - 0.5 + 0.2) / 5)
    assert measured["profit_per_amount"] == pytest.approx((2 - 5 + 4) / 100)
    assert (measured["decline_precision"], measured["decline_recall"], measured["decline_accuracy"]) == (0.5, 0.5, 0.6)


def test_nobody_approved_has_no_bad_rate(taiwan_config):
    measured = decision(np.array([2, 1]), np.array([1.0, 0.0]), np.ones(2), taiwan_config.policy)
    assert measured["bad_rate_among_approved"] is None


def test_the_area_under_the_roc_points_is_the_auc():
    random = np.random.default_rng(5)
    bad = (random.random(5000) < 0.3).astype(float)
    pd = np.clip(random.normal(0.3 + 0.2 * bad, 0.2), 0, 1)
    points = roc_points(table_of(pd, bad))
    assert np.trapezoid(points["true_positive_rate"], points["false_positive_rate"]) == pytest.approx(
        ranking(pd, bad)["auc"], abs=0.002
    )


def _arrays(rows):
    return np.array([pd / 20 for pd, _ in rows]), np.array([float(bad) for _, bad in rows])
