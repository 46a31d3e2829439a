"""Who wins, and what the others are told."""

import pytest

from takeback.assessment.champion import choose
from takeback.config.params import Champion


def settings(metric="auc", tolerance=0.0, prefer=()):
    return Champion(metric=metric, tolerance=tolerance, prefer=prefer)


def performances(**values):
    return {
        name: {"ranking": {"auc": auc}, "probability": {"brier": brier}, "decision": {}}
        for name, (auc, brier) in values.items()
    }


MEASURED = performances(rule=(0.70, 0.20), logistic=(0.76, 0.15), xgboost=(0.78, 0.16))


@pytest.mark.parametrize(("metric", "champion"), [("auc", "xgboost"), ("brier", "logistic")])
def test_the_best_wins_in_the_direction_of_the_metric(metric, champion):
    assert choose(settings(metric), MEASURED)["champion"] == champion


def test_within_the_tolerance_the_preferred_one_wins():
    choice = choose(settings(tolerance=0.03, prefer=("rule", "logistic", "xgboost")), MEASURED)
    assert choice["champion"] == "logistic"
    assert "within 0.03" in choice["why"]["logistic"]
    assert "as good, but logistic is preferred" in choice["why"]["xgboost"]
    assert "0.0800 short" in choice["why"]["rule"]


@pytest.mark.parametrize(("prefer", "champion"), [((), "forest"), (("xgboost",), "xgboost"), (("rule",), "forest")])
def test_of_two_that_do_the_same_the_preferred_one_wins_or_else_the_first(prefer, champion):
    twins = performances(forest=(0.78, 0.16), xgboost=(0.78, 0.16), rule=(0.7, 0.2))
    choice = choose(settings(prefer=prefer), twins)
    assert choice["champion"] == champion
    assert choice["why"][champion] == "best"


@pytest.mark.parametrize(("prefer", "champion"), [((), "rule"), (("logistic",), "logistic")])
def test_what_is_not_preferred_stands_behind_it_in_the_order_of_the_candidates(prefer, champion):
    assert choose(settings(tolerance=0.1, prefer=prefer), MEASURED)["champion"] == champion


def test_every_candidate_has_a_value_and_a_reason():
    choice = choose(settings(), MEASURED)
    assert set(choice["why"]) == set(choice["values"]) == set(MEASURED)
