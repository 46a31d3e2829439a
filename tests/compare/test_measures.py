import numpy as np
import pandas as pd
import pytest

from takeback.assessment.bootstrap import replicate_weights
from takeback.assessment.metrics import METRICS
from takeback.compare.measures import MeasuredChange, change, fairness_changes, metric_changes


def candidate(approves, names=None, bad=None, pds=None):
    """A candidate that approves some of its applicants."""
    n = len(approves)
    names = [str(i) for i in range(n)] if names is None else names
    bad = np.arange(n) % 5 == 0 if bad is None else bad
    columns = {"id": names, "pd": np.linspace(0, 1, n) if pds is None else pds, "bad": bad.astype(np.int8)}
    columns |= {"decision": np.where(approves, "approve", "decline"), "amount": np.ones(n), "profit": np.ones(n)}
    scores = pd.DataFrame({**columns, "group_sex": np.where(np.arange(n) % 2, "f", "m")})
    rate = {"count": n // 2, "approval_rate": 0.5, "approval_ratio": 1.0}
    fairness = {"sex": {"reference": "f", "groups": {"f": rate, "m": rate}, "gaps": {"approval_rate": 0.0}}}
    metrics = {"decision.approve_rate": float(np.mean(approves)), "sex.m.approval_rate": 0.5, "ranking.auc": 0.5}
    return MeasuredChange("rule", metrics, fairness, scores, replicate_weights(names, 400))


def test_a_change_of_one_in_a_hundred_decisions_is_sure_because_applicants_are_paired():
    random = np.random.default_rng(3)
    approves = random.random(2000) < 0.5
    fewer = approves & (random.random(2000) > 0.02)
    found = change("decision.approve_rate", candidate(approves), candidate(fewer))
    low, high = found["interval"]
    step = (fewer.astype(float) - approves).std() / np.sqrt(2000)
    assert high < 0
    assert high - low == pytest.approx(2 * 1.96 * step, rel=0.2)


def test_of_other_applicants_the_same_change_is_within_chance():
    random = np.random.default_rng(3)
    approves = random.random(2000) < 0.5
    others = candidate(approves & (random.random(2000) > 0.02), names=[f"other {i}" for i in range(2000)])
    low, high = change("decision.approve_rate", candidate(approves), others)["interval"]
    assert low < 0 < high


def test_pairs_are_by_id_whatever_the_order():
    before = candidate(np.arange(100) % 3 == 0)
    order = np.random.default_rng(0).permutation(100)
    names = [str(i) for i in order]
    after = before._replace(scores=before.scores.take(order), weights=replicate_weights(names, 400))
    assert change("decision.approve_rate", before, after)["interval"] == pytest.approx((0, 0), abs=1e-12)


def test_no_interval_without_scores_but_the_change():
    before = candidate(np.arange(100) % 3 == 0)
    found = change("decision.approve_rate", before, before._replace(scores=None))
    assert found["change"] == 0
    assert found["interval"] is None


def test_what_one_side_does_not_have_has_no_change():
    before = candidate(np.arange(100) % 3 == 0)
    after = before._replace(metrics={}, fairness={})
    assert metric_changes(before, after)["ranking.auc"] == {
        "before": 0.5,
        "after": None,
        "change": None,
        "interval": None,
    }
    found = fairness_changes(before, after)["sex"]
    assert found["reference"] == {"before": "f", "after": None}
    assert found["groups"]["m"]["count"] == {"before": 50, "after": 0}


def test_metrics_are_in_the_order_of_the_report():
    before = candidate(np.arange(100) % 3 == 0)
    assert list(metric_changes(before, before)) == [n for n in METRICS if n in before.metrics]
