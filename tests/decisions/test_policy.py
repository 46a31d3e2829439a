"""Thresholds against the profit that they are derived from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.config.params import Policy
from takeback.decisions.policy import Thresholds, break_even, choose_thresholds, decide, profit, thresholds_at

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


reviewing = policies.filter(lambda p: p.analyst_approves_good > p.analyst_approves_bad)


@given(reviewing)
def test_at_each_threshold_the_two_decisions_earn_the_same(policy):
    chosen = thresholds_at(policy, policy.review_cost)
    low, high = expected_profit(policy, np.array([chosen.approve_below, chosen.decline_from])).T
    if chosen.approve_below < chosen.decline_from:
        assert low[0] == pytest.approx(low[1], abs=1e-7)
        assert high[1] == pytest.approx(0, abs=1e-7)
    else:
        assert chosen.approve_below == chosen.decline_from == pytest.approx(break_even(policy), abs=1e-8)
        assert low[0] == pytest.approx(0, abs=1e-7)
        assert low[1] <= 1e-7  # where no review pays, not even there


@given(reviewing, st.integers(0, 1000))
def test_no_pair_of_thresholds_earns_more_in_expectation(policy, seed):
    pd = np.random.default_rng(seed).beta(1.2, 4, 300)
    grid = np.linspace(0, 1, 41)
    best = max(_expected(policy, Thresholds(low, high), pd) for low in grid for high in grid if low <= high)
    assert _expected(policy, thresholds_at(policy, policy.review_cost), pd) >= best - 1e-9


def test_no_pair_of_thresholds_earned_more_on_simulated_outcomes():
    random = np.random.default_rng(1)
    pd = random.beta(1.2, 4, 200_000)
    bad = (random.random(len(pd)) < pd).astype(float)
    earned = _earned(BASE, thresholds_at(BASE, BASE.review_cost), pd, bad)
    grid = np.linspace(0, 0.6, 25)
    others = [_earned(BASE, Thresholds(low, high), pd, bad) for low in grid for high in grid if low <= high]
    assert earned.mean() >= max(other.mean() for other in others) - 2e-4  # chance
    far = _earned(BASE, Thresholds(0.15, 0.2), pd, bad)
    assert earned.mean() > far.mean() + 0.001


@given(reviewing.filter(lambda p: 0.02 < p.max_referral_rate < 0.9), st.integers(0, 1000))
def test_no_pair_of_thresholds_within_the_capacity_earns_more(policy, seed):
    pd = np.sort(np.random.default_rng(seed).beta(1.2, 4, 400))
    chosen = _expected(policy, choose_thresholds(policy, pd, np.zeros(400, bool)), pd)
    grid = np.linspace(0, 1, 41)
    pairs = [Thresholds(low, high) for low in grid for high in grid if low <= high]
    fits = [t for t in pairs if (decide(t, pd, np.zeros(400, bool)) == 1).mean() <= policy.max_referral_rate]
    one_review_more = policy.return_rate / 400 * 2  # a whole applicant is referred or not
    assert chosen >= max(_expected(policy, t, pd) for t in fits) - one_review_more


@given(reviewing, st.integers(0, 1000))
def test_the_shadow_price_is_the_smallest_that_fits(policy, seed):
    pd, thin = np.random.default_rng(seed).beta(1.2, 4, 400), np.zeros(400, bool)
    free, chosen = thresholds_at(policy, policy.review_cost), choose_thresholds(policy, pd, thin)
    if (decide(free, pd, thin) == 1).mean() <= policy.max_referral_rate:
        assert chosen == free
    else:
        wider = Thresholds(chosen.approve_below - 1e-6, chosen.decline_from + 1e-6)
        pays = chosen.approve_below < chosen.decline_from
        assert not pays or (decide(wider, pd, thin) == 1).mean() > policy.max_referral_rate


@pytest.mark.parametrize("cost", [0.2, 1.0, 100.0])
def test_reviews_that_cost_more_than_they_earn_are_not_made(cost):
    policy = BASE.model_copy(update={"review_cost": cost})
    chosen = choose_thresholds(policy, np.linspace(0, 1, 101), np.zeros(101, bool))
    assert chosen == Thresholds(round(break_even(policy), 8), round(break_even(policy), 8))


def test_analysts_who_tell_nothing_are_not_asked():
    policy = BASE.model_copy(update={"analyst_approves_good": 0.5, "analyst_approves_bad": 0.5})
    chosen = thresholds_at(policy, policy.review_cost)
    assert chosen.approve_below == chosen.decline_from == round(break_even(policy), 8)


@pytest.mark.parametrize(("good", "bad"), [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0)])
def test_analysts_who_always_or_never_approve_have_defined_thresholds(good, bad):
    policy = BASE.model_copy(update={"analyst_approves_good": good, "analyst_approves_bad": bad, "review_cost": 0.0})
    chosen = thresholds_at(policy, 0.0)
    expected = (0.0, 1.0) if (good, bad) == (1.0, 0.0) else (break_even(policy),) * 2
    assert (chosen.approve_below, chosen.decline_from) == pytest.approx(expected)


def test_without_capacity_nobody_but_thin_files_is_referred():
    policy = BASE.model_copy(update={"max_referral_rate": 0.0})
    pd, thin = np.linspace(0, 1, 200), np.arange(200) % 50 == 0
    decisions = decide(choose_thresholds(policy, pd, thin), pd, thin)
    assert ((decisions == 1) == thin).all()
    assert set(decisions[~thin]) == {0, 2}


def test_thin_files_take_their_share_of_the_capacity():
    policy = BASE.model_copy(update={"max_referral_rate": 0.3})
    pd, thin = np.random.default_rng(2).beta(1.2, 4, 1000), np.arange(1000) < 200
    decisions = decide(choose_thresholds(policy, pd, thin), pd, thin)
    assert 0.28 < (decisions == 1).mean() <= 0.3
    assert (decisions[thin] == 1).all()


def test_one_pd_for_all_gives_one_decision():
    policy = BASE.model_copy(update={"max_referral_rate": 0.1})
    for pd in (0.0, 0.05, 0.15, 0.9, 1.0):
        pds = np.full(50, pd)
        decisions = decide(choose_thresholds(policy, pds, np.zeros(50, bool)), pds, np.zeros(50, bool))
        assert len(set(decisions)) == 1
        assert decisions[0] != 1  # all of them would be too many


def _expected(policy, thresholds, pd):
    decisions = decide(thresholds, pd, np.zeros(len(pd), bool))
    return expected_profit(policy, pd)[decisions, np.arange(len(pd))].mean()


def _earned(policy, thresholds, pd, bad):
    return profit(policy, decide(thresholds, pd, np.zeros(len(pd), bool)), bad)
