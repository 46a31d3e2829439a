import pytest

from takeback.assessment.bootstrap import interval, performance_intervals, replicate_weights, resampled
from takeback.assessment.metric_names import flat_metrics
from takeback.assessment.metrics import METRICS
from tests.assessment.test_bootstrap import made_up


def test_every_number_of_performance_has_an_interval_that_holds_it(taiwan_config):
    scores, performance, _ = made_up(taiwan_config, 1500, 3)
    found = performance_intervals(scores)
    names = flat_metrics(performance, {})
    assert found.keys() == names.keys()
    for name, value in names.items():
        if METRICS[name].many is None or name == "ranking.ks":
            assert found[name] is None, name
            continue
        low, high = found[name]
        assert low < value < high or name == "probability.calibration_error", name


def test_each_interval_is_the_one_of_the_same_metric_by_name(taiwan_config):
    scores, _, _ = made_up(taiwan_config, 200, 5)
    weights = replicate_weights(scores["id"], 40)
    found = performance_intervals(scores, 40)
    assert sum(metric.grows for metric in METRICS.values()) == 4
    assert found["ranking.ks"] is None
    for name, metric in METRICS.items():
        if metric.many and name != "ranking.ks":
            low, high = interval(resampled(name, scores, weights, {}))
            once = metric.value(scores, None)
            expected = (2 * once - high, 2 * once - low) if metric.grows else (low, high)
            assert found[name] == pytest.approx(expected), name


def test_what_is_not_defined_has_no_interval(taiwan_config):
    scores, _, _ = made_up(taiwan_config, 60, 2, approves=False)
    assert performance_intervals(scores, 20)["decision.bad_rate_among_approved"] is None


def test_one_outcome_has_no_ranking_but_a_bad_rate(taiwan_config):
    scores, _, _ = made_up(taiwan_config, 60, 2)
    found = performance_intervals(scores.assign(bad=0), 20)
    assert {found[f"ranking.{name}"] for name in ("auc", "ks", "average_precision", "h_measure", "emp")} == {None}
    assert found["probability.bad_rate"] == (0, 0)


def test_one_pd_for_all_has_intervals(taiwan_config):
    scores, _, _ = made_up(taiwan_config, 60, 2, levels=1)
    found = performance_intervals(scores, 20)
    assert found["ranking.auc"] == (0.5, 0.5)
    assert found["ranking.h_measure"] == pytest.approx((0, 0), abs=1e-12)
