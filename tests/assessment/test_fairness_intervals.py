"""Intervals from counts against resampled rows, theory and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits

from takeback.assessment.fairness_cells import cell_sums, cells_of
from takeback.assessment.fairness_measures import GAPS, largest_gap, measures
from takeback.assessment.metric_names import flat_metrics
from takeback.assessment.scored import scored_table
from takeback.data.ingestion import application_columns, groups_of, ingest
from takeback.decisions.scoring import Scores, score
from tests.assessment.tables import audited, limits_of


@pytest.fixture(scope="module")
def real(releases, taiwan, taiwan_table):
    """Scores, outcomes and groups of 1,500 real applicants that the model was not trained on."""
    lenient = taiwan.model_copy(update={"quarantine": taiwan.quarantine.model_copy(update={"max_share": 0.5})})
    applications = ingest(lenient, taiwan_table.slice(500, 1500)).applications
    columns = application_columns(taiwan, applications)
    groups = {name: groups_of(taiwan, columns, name) for name in taiwan.protected}
    return score(releases["xgboost"].champion, columns), applications["bad"].to_numpy().astype(float), groups


def scored(pd, decision):
    return Scores(np.asarray(pd, float), np.zeros(len(pd), dtype=bool), np.asarray(decision, np.int8))


def made_up(seed, n):
    """A few applicants in small groups, with ties."""
    random = np.random.default_rng(seed)
    members = {
        "sex": random.choice(["female", "male", "non_binary", "unknown"], n, p=[0.5, 0.4, 0.05, 0.05]),
        "age": random.choice(["under_25", "35_to_50"], n),
    }
    bad = (random.random(n) < 0.3).astype(float)
    return scored(random.integers(0, 6, n) / 6, random.integers(0, 3, n)), bad, members


def taken(rows, scores, bad, members):
    """The applicants of some rows, each as often as its row is named."""
    return Scores(*(of[rows] for of in scores)), bad[rows], {name: of[rows] for name, of in members.items()}


@given(st.integers(0, 2**32 - 1), st.data())
def test_the_sums_of_cells_are_those_of_any_resample_of_rows(taiwan, seed, data):
    scores, bad, members = made_up(seed, 30)
    drawn = np.array(data.draw(st.lists(st.integers(0, 29), min_size=1, max_size=60)))
    labels, codes = zip(*(np.unique(of, return_inverse=True) for of in members.values()), strict=True)
    cells = cells_of(scored_table(scores, bad, members), [*codes])
    sums = cell_sums(cells, np.bincount(drawn, minlength=30)[None, cells.rows].astype(float))
    expected = flat_metrics({}, audited(taiwan, *taken(drawn, scores, bad, members)))
    start = 0
    for attribute, names in zip(members, labels, strict=True):
        part = {name: of[0, start : start + len(names)] for name, of in sums.items()}
        reference = np.flatnonzero(names == taiwan.protected[attribute].reference)
        found = measures(part, {name: of[reference] if len(reference) else np.zeros(1) for name, of in part.items()})
        for i, group in enumerate(names):
            for measure, values in found.items():
                value = expected.get(f"{attribute}.{group}.{measure}", 0 if measure == "count" else None)
                assert values[i] == pytest.approx(math.nan if value is None else value, nan_ok=True, abs=1e-9)
        for gap in GAPS:
            value = expected[f"{attribute}.{gap}_gap"]
            assert largest_gap(found[gap]) == pytest.approx(math.nan if value is None else value, nan_ok=True)
        start += len(names)
    assert start == sums["count"].shape[1] > 0


@pytest.mark.long
def test_resampled_rows_lie_in_the_intervals_of_resampled_counts_as_often_as_they_should(real, taiwan):
    limits = limits_of(taiwan, *real)
    random, replicates, n = np.random.default_rng(4), 500, len(real[1])
    rows = [flat_metrics({}, audited(taiwan, *taken(random.integers(n, size=n), *real))) for _ in range(replicates)]
    once = flat_metrics({}, audited(taiwan, *real))
    tested = 0
    for name, ends in limits.items():
        values = [row.get(name) for row in rows]
        if ends is None or None in values or (once[name] in (0, 1) and "rate" in name):
            continue
        # Four standard errors of a share of 500; where resamples have ties, a limit lies on some of them.
        assert np.mean([ends[0] - 1e-12 <= value <= ends[1] + 1e-12 for value in values]) > 0.95 - 0.039, name
        assert np.mean([ends[0] + 1e-12 < value < ends[1] - 1e-12 for value in values]) < 0.95 + 0.039, name
        assert np.mean([value < ends[0] - 1e-12 for value in values]) < 0.025 + 0.028, name
        tested += 1
    assert tested > 120


def test_every_number_of_the_audit_has_its_interval_or_none(real, taiwan):
    once, limits = flat_metrics({}, audited(taiwan, *real)), limits_of(taiwan, *real, replicates=500)
    assert set(limits) == set(once)
    assert sum(ends is not None for ends in limits.values()) > 130
    for name, ends in limits.items():
        assert ends is None or ends[0] <= once[name] <= ends[1], name


def test_the_interval_of_a_rate_and_of_a_mean_is_that_of_theory(taiwan):
    random, n = np.random.default_rng(1), 4000
    scores, bad = scored(random.random(n), random.integers(0, 3, n)), np.zeros(n)
    limits = limits_of(taiwan, scores, bad, {"sex": np.array(["female"] * n)})
    rate, pd = (scores.decision == 0).mean(), scores.pd
    for name, value, sd in (
        ("approval_rate", rate, math.sqrt(rate * (1 - rate))),
        ("mean_pd", pd.mean(), pd.std()),
    ):
        low, high = limits[f"sex.female.{name}"]
        half = 1.96 * sd / math.sqrt(n)
        assert (high - low) / 2 == pytest.approx(half, rel=0.06)
        assert (low + high) / 2 == pytest.approx(value, abs=half / 10)


def test_the_reference_group_compared_with_itself_does_not_vary(real, taiwan):
    limits = limits_of(taiwan, *real, replicates=100)
    assert limits["sex.female.approval_ratio"] == [1, 1]
    assert limits["sex.female.pd_difference"] == [0, 0]


def test_the_same_seed_gives_the_same_limits_on_any_number_of_threads(real, taiwan):
    results = []
    for threads in (1, 2, 2):
        with threadpool_limits(threads):
            results.append(limits_of(taiwan, *real, replicates=300))
    assert results[0] == results[1] == results[2]
    assert limits_of(taiwan, *real, replicates=300, seed=1) != results[0]


@pytest.mark.parametrize(("approved", "known"), [(0, False), (1, False), (3, False), (5, True), (30, True)])
def test_no_ratio_to_a_group_that_many_resamples_do_not_approve(taiwan, approved, known):
    members = np.array(["female"] * 60 + ["male"] * 60)
    decision = np.where(np.arange(120) < 60, np.where(np.arange(120) < approved, 0, 1), np.arange(120) % 2)
    limits = limits_of(taiwan, scored(np.linspace(0, 1, 120), decision), np.zeros(120), {"sex": members})
    assert (limits["sex.male.approval_ratio"] is not None) is known
    assert (limits["sex.male.approval_ratio_of_good"] is not None) is known
    assert limits["sex.male.approval_rate"] is not None


@pytest.mark.parametrize("n", [5, 40, 300])
def test_a_rate_of_0_or_1_has_the_exact_interval(taiwan, n):
    scores = scored(np.linspace(0, 1, n), np.zeros(n))
    limits = limits_of(taiwan, scores, np.zeros(n), {"sex": np.array(["female"] * n)}, replicates=50)
    for successes, name in ((n, "approval_rate"), (n, "approval_rate_of_good"), (0, "decline_rate"), (0, "bad_rate")):
        expected = binomtest(successes, n).proportion_ci(0.95, method="exact")
        assert limits[f"sex.female.{name}"] == pytest.approx([expected.low, expected.high])


@pytest.mark.parametrize(("decision", "approved"), [(2, 0), (0, 20)])
def test_a_group_of_which_nobody_or_everybody_is_approved_has_the_exact_ratio(taiwan, decision, approved):
    members = np.array(["female"] * 200 + ["male"] * 20)
    decisions = np.where(members == "male", decision, np.arange(220) % 2)
    limits = limits_of(taiwan, scored(np.linspace(0, 1, 220), decisions), np.zeros(220), {"sex": members})
    exact = binomtest(approved, 20).proportion_ci(0.95, method="exact")
    assert limits["sex.male.approval_ratio"] == pytest.approx([exact.low / 0.5, exact.high / 0.5])


def test_everybody_approved_leaves_the_reference_at_1(taiwan):
    members = np.resize(["female", "male"], 80)
    limits = limits_of(taiwan, scored(np.linspace(0, 1, 80), [0] * 80), np.zeros(80), {"sex": members})
    assert limits["sex.female.approval_ratio"] == [1, 1]
    assert limits["sex.male.approval_ratio"][0] < 1 == limits["sex.male.approval_ratio"][1]


def test_pds_of_0_are_no_rate_of_0(taiwan):
    limits = limits_of(taiwan, scored([0.0] * 9, [0] * 9), np.zeros(9), {"sex": np.array(["female"] * 9)})
    assert limits["sex.female.mean_pd"] == [0, 0]


def test_other_recorded_values_and_the_missing_are_groups(taiwan):
    limits = limits_of(taiwan, *made_up(0, 400), replicates=200)
    assert limits["sex.non_binary.approval_rate"] is not None
    assert limits["sex.unknown.approval_rate"] is not None


def test_one_applicant_has_no_intervals_but_those_that_cannot_vary(taiwan):
    limits = limits_of(taiwan, scored([0.3], [0]), np.zeros(1), {"sex": np.array(["female"])}, replicates=50)
    assert limits["sex.female.count"] == [1, 1]
    assert limits["sex.female.mean_pd"] == pytest.approx([0.3, 0.3])
    assert limits["sex.female.approval_rate"] == pytest.approx([0.025, 1])
    assert limits["sex.female.approval_rate_of_bad"] is limits["sex.female.pd_difference"] is None


def test_a_group_that_many_resamples_lack_has_no_interval(taiwan):
    members = np.array(["female"] * 50 + ["male"])
    scores, bad, _ = made_up(2, 51)
    limits = limits_of(taiwan, scores, bad, {"sex": members}, replicates=500)
    assert limits["sex.male.approval_rate"] is limits["sex.male.mean_pd"] is None
    assert limits["sex.male.count"] is not None


def test_constant_pds_have_no_standardised_difference(taiwan):
    members = np.resize(["female", "male"], 80)
    limits = limits_of(taiwan, scored([0.1] * 80, [0] * 80), np.zeros(80), {"sex": members}, replicates=100)
    assert limits["sex.male.pd_difference"] is None
    assert limits["sex.male.mean_pd"] == pytest.approx([0.1, 0.1])


def test_without_the_reference_group_there_is_no_comparison(taiwan):
    scores, bad, _ = made_up(3, 50)
    limits = limits_of(taiwan, scores, bad, {"sex": np.array(["male"] * 50)}, replicates=100)
    assert limits["sex.male.approval_ratio"] is limits["sex.male.pd_difference"] is None
    assert limits["sex.male.approval_rate"] is not None


def test_no_attribute_has_no_intervals(taiwan):
    scores, bad, _ = made_up(3, 50)
    assert limits_of(taiwan, scores, bad, {}) == {}
