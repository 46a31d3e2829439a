"""Who wins, and what the others are told."""

import numpy as np
import pytest

from takeback.assessment.bootstrap import REPLICATES, interval, replicate_weights, resampled
from takeback.assessment.champion import choose
from takeback.assessment.scored import scored_table
from takeback.config.params import Champion
from takeback.decisions.scoring import Scores

N = 3000


def settings(metric="auc", tolerance=0.0, prefer=()):
    return Champion(metric=metric, tolerance=tolerance, prefer=prefer)


@pytest.fixture(scope="module")
def candidates(taiwan_config):
    """A rule that knows little, a scorecard, and boosting that knows as much but for chance."""
    random = np.random.default_rng(0)
    truth = random.normal(-1.3, 1.2, N)
    bad = (random.random(N) < 1 / (1 + np.exp(-truth))).astype(int)
    noise = {"rule": 3.0, "logistic": 0.5, "xgboost": 0.42}
    tables = {}
    for name, size in noise.items():
        pds = 1 / (1 + np.exp(-truth - size * random.normal(size=N)))
        decision = np.where(pds < 0.15, 0, np.where(pds < 0.2, 1, 2)).astype(np.int8)
        scores = Scores(pds, np.zeros(N, bool), decision)
        tables[name] = scored_table(scores, bad, {}, [str(i) for i in range(N)], policy=taiwan_config.policy)
    return tables


def test_the_plainest_that_cannot_be_told_from_the_best_wins(candidates):
    choice = choose(settings(prefer=("rule", "logistic", "xgboost")), candidates)
    assert choice["champion"] == "logistic"
    assert max(choice["values"], key=choice["values"].get) == "xgboost"
    assert choice["why"]["logistic"].endswith("short of the best, xgboost: as good as can be told, and preferred")
    assert choice["why"]["xgboost"] == "best, but not beyond what chance explains"
    assert choice["behind"]["rule"]["interval"][0] > 0
    assert choice["why"]["rule"].endswith("short of the best, xgboost")


@pytest.mark.parametrize(("prefer", "champion"), [((), "logistic"), (("xgboost",), "xgboost"), (("rule",), "logistic")])
def test_of_two_that_do_the_same_the_preferred_one_wins_or_else_the_first(candidates, prefer, champion):
    choice = choose(settings(prefer=prefer), candidates)
    assert choice["champion"] == champion
    assert choice["why"]["xgboost"] == (
        "best" if champion == "xgboost" else "best, but not beyond what chance explains"
    )


def test_within_the_tolerance_chance_does_not_matter(candidates):
    assert choose(settings(tolerance=1.0, prefer=("rule",)), candidates)["champion"] == "rule"


@pytest.mark.parametrize(
    ("metric", "better"), [("auc", 1), ("brier", -1), ("profit_per_application", 1), ("log_loss", -1)]
)
def test_the_best_is_best_in_the_direction_of_the_metric(candidates, metric, better):
    choice = choose(settings(metric), candidates)
    best = max(choice["values"], key=lambda name: better * choice["values"][name])
    assert {name for name, by in choice["behind"].items() if by["value"] == 0} == {best}
    assert all(by["value"] >= 0 for by in choice["behind"].values())
    assert choice["values"]["rule"] * better < choice["values"]["logistic"] * better


def test_the_interval_is_that_of_the_paired_difference(candidates):
    weights = replicate_weights(candidates["rule"]["id"], REPLICATES)
    drawn = {name: resampled("ranking.auc", candidates[name], weights, {}) for name in candidates}
    found = choose(settings(), candidates)["behind"]["rule"]["interval"]
    assert found == pytest.approx(interval(drawn["xgboost"] - drawn["rule"]))


def test_every_candidate_has_a_value_and_a_reason(candidates):
    choice = choose(settings(), candidates)
    assert set(choice["why"]) == set(choice["values"]) == set(choice["behind"]) == set(candidates)
