"""The audit finds true reasons true and false ones false, and its measures agree with independent ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from scipy.stats import spearmanr

from takeback.assessment.reasons_audit import _frequency, _rank_correlation, audit_reasons, shares_of_reasons
from takeback.data.encoding import directions, encoded_names, matrix
from takeback.data.validation import read_columns
from takeback.decisions.reasons import baseline, explain
from takeback.decisions.scoring import probability, score
from takeback.models.candidates import fit
from takeback.models.export import NATIVE, tree_contributions
from takeback.models.importance import contributions, native_booster
from takeback.models.training import Training


@pytest.fixture(scope="module")
def columns(taiwan, taiwan_rows):
    return read_columns(taiwan, taiwan_rows, taiwan.inputs)[0]


def audited(scorer, columns, tree_shap=None):
    scores = score(scorer, columns)
    given = explain(scorer, columns, scores)
    return audit_reasons(scorer, columns, scores, given, tree_shap), scores, given


@pytest.mark.parametrize("name", ["logistic", "forest", "xgboost"])
def test_every_decline_has_a_reason_that_lowers_its_pd(releases, columns, name):
    scorer = releases[name].champion
    result, scores, given = audited(scorer, columns)
    for part, decision in (("declined", 2), ("referred", 1)):
        rows = np.flatnonzero(scores.decision == decision)
        assert result[part]["count"] == len(rows)
        assert result[part]["with_reason"] == 1
        lowered = [falls(scorer, columns, row, given[row][0]) for row in rows if not scores.thin[row]]
        assert result[part]["top_lowers_pd"] == pytest.approx(np.mean(lowered))
    assert result["declined"]["top_lowers_pd"] >= 0.99
    assert result["tree_shap"] is None


def falls(scorer, columns, row, words):
    """Set one applicant's reason to its baseline, alone."""
    one = {name: values[row : row + 1] for name, values in columns.items()}
    reason = next((r for r in scorer.contract.reasons.values() if r.words == words), None)
    if reason is None:  # nothing stands out
        return False
    return bool((probability(scorer, baseline(scorer.contract, reason, one)) < probability(scorer, one)).all())


def test_reasons_that_are_not_true_are_found(releases, columns):
    scorer = releases["xgboost"].champion
    scores = score(scorer, columns)
    small = columns["LIMIT_BAL"] >= 200000
    scores = scores._replace(decision=np.where(small, 2, 0).astype(np.int8))
    false = [("The credit limit is low",) if inside else () for inside in small]
    assert audit_reasons(scorer, columns, scores, false, None)["declined"]["top_lowers_pd"] == 0
    nothing = [()] * len(false)
    assert audit_reasons(scorer, columns, scores, nothing, None)["declined"]["with_reason"] == 0


def test_a_rule_is_judged_by_its_own_points(releases, columns):
    scorer = releases["xgboost"].fallback
    scores = score(scorer, columns)._replace(decision=np.full(500, 2, dtype=np.int8), thin=np.zeros(500, bool))
    given = [("The latest payment is late",)] * 500
    result = audit_reasons(scorer, columns, scores, given, None)
    on_time = {**columns, "PAY_0": np.minimum(columns["PAY_0"], 0)}
    assert result["declined"]["top_lowers_pd"] == pytest.approx((probability(scorer, on_time) < scores.pd).mean())
    assert 0.05 < result["declined"]["top_lowers_pd"] < 0.6


def test_frequency_by_hand(releases, columns):
    scorer = releases["logistic"].champion
    some = {name: values[:4] for name, values in columns.items()}
    scores = score(scorer, some)._replace(decision=np.array([2, 1, 1, 0], dtype=np.int8))
    found = audit_reasons(scorer, some, scores, [("a", "b"), ("b",), ("a", "b"), ()], None)["frequency"]
    assert [(row["words"], row["first"], row["any"]) for row in found] == [
        ("b", pytest.approx(1 / 3), 1),
        ("a", pytest.approx(2 / 3), pytest.approx(2 / 3)),
    ]


def test_if_all_are_approved_there_is_nothing_to_measure(releases, columns):
    scorer = releases["logistic"].champion
    scores = score(scorer, columns)._replace(decision=np.zeros(500, dtype=np.int8))
    result = audit_reasons(scorer, columns, scores, [()] * 500, lambda matrix: matrix)
    assert result["declined"] == result["referred"] == {"count": 0, "with_reason": None, "top_lowers_pd": None}
    assert result["frequency"] == []
    assert result["tree_shap"] == {"rows": 0, "top_agrees": None, "rank_correlation": None}


@pytest.mark.parametrize("name", ["forest", "xgboost"])
def test_tree_shap_is_xgboosts_own_and_is_compared(taiwan_config, releases, taiwan_table, columns, tmp_path, name):
    contract, scorer = taiwan_config.data, releases[name].champion
    inputs = encoded_names(contract, contract.features)
    bad = (taiwan_table["default payment next month"].to_numpy()[:500].astype(str) == "1").astype(float)
    data = Training(matrix(contract, columns, inputs), bad, inputs, directions(contract, inputs), {})
    candidate = fit(taiwan_config, name, data, tmp_path / "checkpoints")
    native_booster(candidate.estimator).save_model(tmp_path / NATIVE)
    tree_shap = tree_contributions(tmp_path)
    assert (tree_shap(data.matrix) == contributions(candidate.estimator, candidate.model, data.matrix)).all()
    from_mean = candidate.model.margin(data.matrix) - tree_shap(data.matrix).sum(axis=1)
    assert np.ptp(from_mean) < 1e-4  # additive: what is left is one number for all
    result, scores, _ = audited(replace(scorer, model=candidate.model), columns, tree_shap)
    assert result["tree_shap"]["rows"] == ((scores.decision != 0) & ~scores.thin).sum()
    assert result["tree_shap"]["top_agrees"] > 0.5
    assert result["tree_shap"]["rank_correlation"] > 0.3
    turned = audited(replace(scorer, model=candidate.model), columns, lambda x: -tree_shap(x))[0]["tree_shap"]
    assert turned["rank_correlation"] == pytest.approx(-result["tree_shap"]["rank_correlation"])
    assert turned["top_agrees"] < 0.3


def test_a_model_without_trees_has_no_tree_shap(tmp_path):
    assert tree_contributions(tmp_path) is None


def test_an_input_belongs_to_the_reasons_whose_columns_it_reads(taiwan):
    reasons = list(taiwan.reasons)
    inputs = ("PAY_0", "utilisation", "paid_share_1", "months_late", "payment_min", "BILL_AMT6")
    share = shares_of_reasons(taiwan, inputs)
    by_name = [{reasons[i]: x for i, x in enumerate(row) if x} for row in share]
    assert by_name == [
        {"late_payments": 1},
        {"balance": 0.5, "credit_limit": 0.5},
        {"small_payments": 0.5, "balance": 0.5},
        {"late_payments": 1},
        {"small_payments": 1},
        {"balance": 1},
    ]


@pytest.mark.parametrize("name", ["taiwan", "german"])
def test_every_input_belongs_to_a_reason(request, name):
    contract = request.getfixturevalue(name)
    share = shares_of_reasons(contract, encoded_names(contract, contract.features))
    assert share.sum(axis=1) == pytest.approx(1)


@examples(st.lists(st.lists(st.integers(-3, 3), min_size=8, max_size=8), min_size=1, max_size=5))
def test_rank_correlation_is_that_of_an_independent_library(rows):
    one, other = np.array(rows)[:, :4], np.array(rows)[:, 4:]
    constant = (np.ptp(one, axis=1) == 0) | (np.ptp(other, axis=1) == 0)
    pairs = zip(one, other, constant, strict=True)
    expected = [np.nan if same else spearmanr(a, b).statistic for a, b, same in pairs]
    assert _rank_correlation(one, other) == pytest.approx(expected, nan_ok=True)


def test_a_reason_that_few_lack_is_not_said_of_how_many():
    """That 95 of 100 have it says that 5 have not."""
    given = [("late", "low")] * 60 + [("late",)] * 35 + [("few", "low")] * 5
    shown = {row["words"]: row["any"] for row in _frequency(given, 10)}
    assert shown == {"late": None, "low": 0.65}
    assert {row["words"]: row["any"] for row in _frequency(given, 1)} == {"late": 0.95, "low": 0.65, "few": 0.05}
    assert {row["words"]: row["any"] for row in _frequency([("late",)] * 40, 10)} == {"late": 1.0}
