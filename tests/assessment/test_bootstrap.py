import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.bootstrap import interval, replicate_weights, resampled
from takeback.assessment.fairness import audit
from takeback.assessment.fairness import reference_groups as declared
from takeback.assessment.fairness_measures import GAPS
from takeback.assessment.fairness_measures import MEASURES as GROUP_MEASURES
from takeback.assessment.metric_names import find_metric, flat_metrics
from takeback.assessment.metrics import METRICS
from takeback.assessment.performance import performance
from takeback.assessment.scored import scored_table
from takeback.common.errors import UserError
from takeback.decisions.scoring import Scores

ROOT = Path(__file__).parents[2]


def made_up(config, n, seed, approves=True, levels=40):
    """Scores with ties, small groups and a group of the contract that is not there, and what the stages measure."""
    random = np.random.default_rng(seed)
    pds = random.integers(0, levels, n) / levels
    bad = (random.random(n) < pds).astype(float)
    bad[:2] = 0, 1
    decision = random.integers(0 if approves else 1, 3, n).astype(np.int8)
    amount = random.integers(1, 100, n) * 1000.0
    groups = {
        "sex": random.choice(["male", "female"], n),
        "education": random.choice(["high_school", "university", "other"], n),
        "age": random.choice(["under_25", "35_to_50", "unknown"], n, p=[0.5, 0.48, 0.02]),
    }
    scores = Scores(pds, np.zeros(n, bool), decision)
    table = scored_table(scores, bad, groups, [str(i) for i in range(n)], amount, config.policy)
    return table, performance(table), audit(declared(config.data), table)


def references(fairness):
    return {name: result["reference"] for name, result in fairness.items()}


@pytest.mark.parametrize(("n", "approves"), [(700, True), (30, True), (60, False)])
@pytest.mark.parametrize("seed", range(3))
def test_every_metric_of_rows_that_weigh_1_is_the_one_that_the_stages_write(taiwan_config, n, approves, seed):
    scores, ranking, fairness = made_up(taiwan_config, n, seed, approves)
    metrics = flat_metrics(ranking, fairness)
    assert set(METRICS) <= set(metrics)
    assert {f"sex.male.{name}" for name in GROUP_MEASURES} | {f"sex.{name}_gap" for name in GAPS} <= set(metrics)
    for name, value in metrics.items():
        if name in METRICS and METRICS[name].many is None:
            continue
        found = resampled(name, scores, np.ones((2, n)), references(fairness))
        assert found.shape == (2,)
        assert found == pytest.approx([np.nan if value is None else value] * 2, abs=1e-9, nan_ok=True), name


def test_a_weight_of_two_is_the_row_twice_and_a_weight_of_none_is_no_row(taiwan_config):
    scores, performances, fairness = made_up(taiwan_config, 300, 7)
    weights = replicate_weights(scores["id"], 3)
    names = flat_metrics(performances, fairness)
    assert len(names) > len(METRICS)
    for name in names:
        if name in METRICS and METRICS[name].many is None:
            continue
        if name == "probability.calibration_error":  # its bins stay those of the unweighted rows
            continue
        for weight, value in zip(weights, resampled(name, scores, weights, references(fairness)), strict=True):
            repeated = scores.iloc[np.repeat(np.arange(len(weight)), weight.astype(int))]
            expected = resampled(name, repeated, np.ones((1, len(repeated))), references(fairness))
            assert value == pytest.approx(expected[0], nan_ok=True), name


def test_an_applicant_has_the_same_weights_in_every_data_set():
    everybody = [str(i) for i in range(1000)]
    some = everybody[700:20:-3]
    rows = [everybody.index(i) for i in some]
    assert (replicate_weights(everybody, 50)[:, rows] == replicate_weights(some, 50)).all()
    assert (replicate_weights(everybody, 50)[:20] == replicate_weights(everybody, 20)).all()


def test_the_weights_are_the_same_everywhere():
    weights = replicate_weights(["1", "2", "Ünal 3"], 6)
    assert weights.astype(int).tolist() == [[1, 1, 0], [2, 1, 0], [0, 1, 1], [0, 2, 2], [1, 2, 0], [0, 0, 0]]


def test_the_weights_are_poisson_and_independent():
    weights = replicate_weights(range(2000), 500)
    assert weights.mean() == pytest.approx(1, abs=0.005)
    assert weights.var() == pytest.approx(1, abs=0.01)
    assert (weights == 0).mean() == pytest.approx(np.exp(-1), abs=0.002)
    assert (weights == 3).mean() == pytest.approx(np.exp(-1) / 6, abs=0.002)
    for other in (weights[:, 1:] * weights[:, :-1], weights[1:] * weights[:-1]):
        assert other.mean() == pytest.approx(1, abs=0.01)


def test_six_thousand_applicants_four_hundred_times_take_a_blink():
    ids = [str(i) for i in range(6000)]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        replicate_weights(ids, 400)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.6  # 0.07 s alone on this machine


def test_the_interval_of_a_mean_is_that_of_theory():
    random = np.random.default_rng(0)
    n = 4000
    bad = (random.random(n) < 0.2).astype(np.int8)
    scores = pd.DataFrame({"bad": bad})
    low, high = interval(resampled("probability.bad_rate", scores, replicate_weights(range(n), 2000), {}))
    width = 2 * 1.96 * np.sqrt(bad.mean() * (1 - bad.mean()) / n)
    assert high - low == pytest.approx(width, rel=0.08)
    assert (high + low) / 2 == pytest.approx(bad.mean(), abs=width / 20)


def test_no_interval_where_most_replicates_are_not_defined():
    assert interval(np.array([np.nan, np.nan, 1.0])) is None
    assert interval(np.array([])) is None
    assert interval(np.array([np.nan, 1.0, 1.0])) == (1, 1)


NAMES = [
    *METRICS,
    *(f"education.{g}.{m}" for g in ("high_school", "university") for m in ("approval_ratio", "bad_rate")),
    *(f"sex.male.{m}" for m in GROUP_MEASURES),
    "education.approval_rate_gap",
    "sex.approval_rate_gap",
]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("auc", "ranking.auc"),
        ("AUC", "ranking.auc"),
        ("accuracy", "decision.decline_accuracy"),
        ("profit", "decision.profit_per_application"),
        ("profit_per_amount", "decision.profit_per_amount"),
        ("bad_rate", "probability.bad_rate"),
        ("approval_rate", "decision.approve_rate"),
        ("approval_ratio.education.high_school", "education.high_school.approval_ratio"),
        ("high-school approval_ratio", "education.high_school.approval_ratio"),
        ("sex.approval_ratio", "sex.male.approval_ratio"),
        ("gap.education", "education.approval_rate_gap"),
        ("air.education.high_school", "education.high_school.approval_ratio"),
        ("equal_opportunity.sex.male", "sex.male.approval_ratio_of_good"),
        ("smd", "sex.male.pd_difference"),
        ("calibration_gap male", "sex.male.calibration_gap"),
        ("decline_rate", "decision.decline_rate"),
        ("male.decline_rate", "sex.male.decline_rate"),
    ],
)
def test_a_metric_is_found_by_the_words_that_people_use(words, name):
    assert find_metric(NAMES, words) == name


@given(st.sampled_from(NAMES), st.randoms())
def test_every_name_is_found_with_its_words_in_any_order(name, random):
    words = name.split(".")
    random.shuffle(words)
    assert find_metric(NAMES, ".".join(words)) == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("approval_ratio", "may be education.high_school.approval_ratio, education.university.approval_ratio, sex"),
        ("aucc", "there is no such metric. Known: ranking.auc"),
        ("", "there is no such metric. Known: decision.approve_rate"),
        ("education.male.approval_ratio", "there is no such metric"),
    ],
)
def test_words_that_mean_no_metric_or_several_are_refused_with_a_list(words, said):
    with pytest.raises(UserError, match=said.replace(".", r"\.")):
        find_metric(NAMES, words)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ranking.luck", "no such metric"),
        ("faith.x.approval_rate", "no such metric"),
        ("sex.male.luck", "no such measure of a group"),
        ("probability.spiegelhalter_p", "is not known. Name another metric"),
        ("sex.none.approval_rate", "nobody in the scores .* one of female, male"),
        ("sex.luck_gap", "no such measure"),
    ],
)
def test_a_metric_that_the_scores_do_not_have_is_refused(taiwan_config, name, said):
    scores, _, fairness = made_up(taiwan_config, 50, 1)
    with pytest.raises(UserError, match=said):
        resampled(name, scores, np.ones((1, 50)), references(fairness))
