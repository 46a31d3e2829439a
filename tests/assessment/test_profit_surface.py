"""The surface against the decisions themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.profit_surface import profit_surface
from takeback.assessment.scored import scored_table
from takeback.decisions.policy import Thresholds, decide, profit_within_capacity
from takeback.decisions.scoring import Scores


def scores_of(seed, n, levels=80):
    random = np.random.default_rng(seed)
    pd = random.integers(0, levels + 1, n) / levels
    bad = (random.random(n) < pd).astype(float)
    return Scores(pd, random.random(n) < 0.1, np.zeros(n, np.int8)), bad


@given(st.integers(0, 50), st.sampled_from([1, 2, 40, 300]))
def test_every_point_is_what_its_thresholds_would_have_earned(taiwan_config, seed, n):
    scores, bad = scores_of(seed, n)
    surface = profit_surface(taiwan_config.policy, scored_table(scores, bad, {}))
    assert len(surface) == 41 * 42 / 2
    for _, point in surface.iloc[:: 1 + seed % 7].iterrows():
        decisions = decide(Thresholds(point["approve_below"], point["decline_from"]), scores.pd, scores.thin)
        assert point["profit_per_application"] == pytest.approx(
            profit_within_capacity(taiwan_config.policy, decisions, bad).mean()
        )
        assert point["referral_rate"] == pytest.approx((decisions == 1).mean())


def test_its_corners_are_all_approved_all_referred_and_all_declined(taiwan_config):
    policy, bad = taiwan_config.policy, np.array([0.0, 0.0, 1.0])
    scores = Scores(np.array([0.1, 0.3, 0.9]), np.zeros(3, bool), np.zeros(3, np.int8))
    surface = profit_surface(policy, scored_table(scores, bad, {})).set_index(["approve_below", "decline_from"])
    approved = (2 * policy.return_rate - policy.loss_given_default) / 3
    assert surface.loc[(1, 1), "profit_per_application"] == pytest.approx(approved)
    assert surface.loc[(0, 0), "profit_per_application"] == 0
    assert surface["referral_rate"].loc[[(0, 1), (0, 0)]].tolist() == [1, 0]


def test_thin_files_are_referred_everywhere(taiwan_config):
    scores = Scores(np.array([0.1, 0.9]), np.ones(2, bool), np.ones(2, np.int8))
    surface = profit_surface(taiwan_config.policy, scored_table(scores, np.zeros(2), {}))
    assert set(surface["referral_rate"]) == {1.0}
