"""Thresholds against the profit that they are derived from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.config import Policy
from takeback.decisions.policy import break_even, choose_thresholds, decide, profit, thresholds_at

shares = st.floats(0, 1)
policies = st.builds(
    Policy,
    return_rate=st.floats(0.01, 1),
    loss_given_default=st.floats(0.01, 1),
    review_cost=st.floats(0, 0.2),
    analyst_approves_good=shares,
    analyst_approves_bad=shares,
    max_referral_rate=shares,
)
BASE = Policy(
    return_rate=0.15,
    loss_given_default=0.75,
    review_cost=0.01,
    analyst_approves_good=0.8,
    analyst_approves_bad=0.3,
    max_referral_rate=1.0,
)


def expected_profit(policy, pd):
    """Expected profit of approve, refer and decline at each PD, from first principles."""
    approve = (1 - pd) * policy.return_rate - pd * policy.loss_given_default
    refer = (
        policy.analyst_approves_good * (1 - pd) * policy.return_rate
        - policy.analyst_approves_bad * pd * policy.loss_given_default
        - policy.review_cost
    )
    return np.stack([approve, refer, np.zeros_like(pd)])


def test_by_hand():
    chosen = thresholds_at(BASE, BASE.review_cost)
    assert chosen.approve_below == pytest.approx((0.15 * 0.2 + 0.01) / (0.15 * 0.2 + 0.75 * 0.7))
    assert chosen.decline_from == pytest.approx((0.8 * 0.15 - 0.01) / (0.8 * 0.15 + 0.3 * 0.75))
    assert break_even(BASE) == pytest.approx(1 / 6)


@given(policies.filter(lambda p: p.analyst_approves_good >= p.analyst_approves_bad))
def test_no_other_decision_earns_more(policy):
    pd = np.linspace(0, 1, 1001)
    chosen = thresholds_at(policy, policy.review_cost)
    edges = np.array([chosen.approve_below, chosen.decline_from])
    pd = pd[np.abs(pd[:, None] - edges).min(axis=1) > 1e-6]
    options = expected_profit(policy, pd)
    taken = options[decide(chosen, pd, np.zeros(len(pd), bool)), np.arange(len(pd))]
    assert (taken >= options.max(axis=0) - 1e-9).all()


@given(policies, st.integers(0, 100))
def test_referrals_fit_the_capacity(policy, seed):
    random = np.random.default_rng(seed)
    pd, thin = random.random(500), random.random(500) < 0.02
    rate = (decide(choose_thresholds(policy, pd, thin), pd, thin) == 1).mean()
    assert rate <= max(policy.max_referral_rate, thin.mean())


def test_thin_files_are_referred_whatever_their_pd():
    decisions = decide(thresholds_at(BASE, 0.01), np.array([0.0, 1.0, 0.0]), np.array([True, True, False]))
    assert decisions.tolist() == [1, 1, 0]


def test_profit_by_hand():
    earned = profit(BASE, np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 1]))
    assert earned == pytest.approx([0.15, -0.75, 0.8 * 0.15 - 0.01, -0.3 * 0.75 - 0.01, 0, 0])
