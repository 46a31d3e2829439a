"""Money of every mixture at the later revision's policy."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from takeback.extras.blame.attribution import at_one_policy, attribute
from takeback.extras.blame.changes import Pair, Side
from takeback.extras.blame.mixture import MixtureOutcome
from takeback.extras.blame.runs import Runs

POLICY = {
    "return_rate": 0.1,
    "loss_given_default": 0.5,
    "review_cost": 0.01,
    "analyst_approves_good": 0.9,
    "analyst_approves_bad": 0.4,
    "max_referral_rate": 1.0,
}
NONE, BOTH = frozenset(), frozenset({"policy"})
PROFIT = "decision.profit_per_application"


def outcome(approved: int, loss: float) -> MixtureOutcome:
    """Ten applicants, the first two of them bad; the first ``approved`` are approved, the rest declined."""
    decision = ["approve"] * approved + ["decline"] * (10 - approved)
    scores = pd.DataFrame(
        {
            "id": [str(i) for i in range(10)],
            "pd": 0.2,
            "bad": [1.0, 1.0] + [0.0] * 8,
            "amount": 1.0,
            "decision": pd.Categorical(decision, ["approve", "refer", "decline"]),
        }
    )
    scores["profit"] = np.where(scores["decision"] == "approve", np.where(scores["bad"] == 1, -loss, 0.1), 0.0)
    return MixtureOutcome("logistic", "one", {PROFIT: float(scores["profit"].mean())}, {}, scores)


@pytest.fixture
def runs(tmp_path):
    """Before, six of ten are approved at a loss of 0.5; after, four at a loss of 0.9."""
    sides = [Side(name, "0" * 40, tmp_path) for name in ("A", "B")]
    for side, loss in zip(sides, (0.5, 0.9), strict=True):
        side.__dict__["settings"] = {"policy": {**POLICY, "loss_given_default": loss}}
    pair = Pair(*sides, {"policy": ["policy.loss_given_default 0.5 -> 0.9"]})
    return Runs(pair, {NONE: outcome(6, 0.5), BOTH: outcome(4, 0.9)})


def test_both_ends_are_priced_at_the_later_policy_and_the_change_of_price_is_told_apart(runs):
    result = attribute(runs, "profit", replicates=50)
    assert float(result.before_at_own_policy) == pytest.approx((4 * 0.1 - 2 * 0.5) / 10)
    assert float(result.before) == pytest.approx((4 * 0.1 - 2 * 0.9) / 10)
    assert float(result.after) == pytest.approx((2 * 0.1 - 2 * 0.9) / 10)
    assert float(result.parts[0].value) == pytest.approx(-0.02)  # two good payers fewer, and no price
    assert result.not_repriced is None


def test_why_it_cannot_be_is_told(runs):
    without = {**runs.outcomes, NONE: replace(runs.outcomes[NONE], scores=None)}
    assert at_one_policy(replace(runs, outcomes=without)) == "a revision has no data/scores"
    runs.pair.after.__dict__["settings"] = {"policy": {"price": 1}}
    assert "policy" in at_one_policy(runs)
    assert "policy" in attribute(runs, "profit", replicates=50).not_repriced
