"""Reasons are tested by intervention: what they name is what lowers the PD."""

from dataclasses import replace

import numpy as np
import pytest

from takeback.data.encoding import take
from takeback.data.validation import read_columns
from takeback.decisions.reasons import (
    LEAST_EFFECT,
    MOST_REASONS,
    NOTHING_STANDS_OUT,
    _points,
    baseline,
    effects,
    explain,
    usual,
    worse_than_usual,
)
from takeback.decisions.scoring import probability, score


@pytest.fixture
def columns(taiwan, taiwan_rows):
    return read_columns(taiwan, taiwan_rows, taiwan.inputs)[0]


def one(columns, row):
    return {name: values[row : row + 1] for name, values in columns.items()}


@pytest.mark.parametrize("name", ["logistic", "forest", "xgboost"])
def test_the_first_true_reason_lowers_the_pd_most(releases, columns, name):
    scorer = releases[name].champion
    scores = score(scorer, columns)
    given = explain(scorer, columns, scores)
    true = worse_than_usual(scorer, columns)
    words = {reason.words: reason for reason in scorer.contract.reasons.values()}
    matters = true & (effects(scorer, columns, scores.pd)[1] >= LEAST_EFFECT)
    declined = np.flatnonzero((scores.decision == 2) & ~scores.thin & matters.any(axis=1))[:20]
    assert len(declined) == 20
    for row in declined:
        lowered = {
            text: probability(scorer, baseline(scorer.contract, reason, one(columns, row)))[0]
            for (text, reason), is_true in zip(words.items(), true[row], strict=True)
            if is_true
        }
        assert lowered[given[row][0]] == min(lowered.values())
        assert all(lowered[text] < scores.pd[row] for text in given[row][1:])


def test_usual_is_the_median_of_the_approved(releases, columns):
    scorer = releases["xgboost"].champion
    approved = score(scorer, columns).decision == 0
    assert approved.sum() > 50
    limits = columns["LIMIT_BAL"]
    assert scorer.usual["credit_limit"] == pytest.approx(-np.median(limits[approved]))
    true = worse_than_usual(scorer, columns)[:, list(scorer.contract.reasons).index("credit_limit")]
    assert (true == (limits < np.median(limits[approved]))).all()


def test_who_paid_every_bill_in_full_is_not_told_that_payments_were_small(releases, columns):
    scorer = releases["xgboost"].champion
    paid = {f"PAY_AMT{month}": np.maximum(columns[f"BILL_AMT{month + 1}"], 0) for month in range(1, 6)}
    paid["PAY_AMT6"] = np.maximum(columns["BILL_AMT6"], 0)
    full = {**columns, **paid}
    scores = score(scorer, full)
    everybody = scores._replace(decision=np.full(500, 2, dtype=np.int8))
    words = scorer.contract.reasons["small_payments"].words
    owed = sum(np.maximum(columns[f"BILL_AMT{month}"], 0) for month in range(2, 7)) > 0
    told = np.array([words in reasons[:1] for reasons in explain(scorer, full, everybody)])
    assert owed.sum() > 100
    assert not told[owed & worse_than_usual(scorer, full).any(axis=1)].any()


def test_at_most_half_of_the_approved_would_meet_the_same_words(releases, columns):
    scorer = releases["logistic"].champion
    approved = score(scorer, columns).decision == 0
    assert (worse_than_usual(scorer, columns)[approved].mean(axis=0) <= 0.5).all()


def test_without_anything_known_every_reason_counts_as_true(releases, columns):
    scorer = replace(releases["logistic"].champion, usual={})
    assert worse_than_usual(scorer, columns).all()
    earlier = replace(scorer, usual={"late_payments": 0.0})
    assert worse_than_usual(earlier, columns)[:, 1:].all()
    assert not worse_than_usual(earlier, columns)[:, 0].all()


def test_where_nobody_is_approved_it_is_held_against_who_is_not_declined(releases, columns):
    scorer = releases["xgboost"].fallback
    scores = score(scorer, columns)
    some, none = (scores._replace(decision=of) for of in (np.arange(500) % 2 + 1, np.full(500, 2)))
    worst = {name: values.max() for name, values in zip(scorer.model.bins, _points(scorer, columns)[1].T, strict=True)}
    assert usual(scorer, columns, none).keys() == worst.keys()
    assert usual(scorer, columns, some) == usual(scorer, take(columns, np.arange(0, 500, 2)), some_of(scores, 250))


def some_of(scores, n):
    return scores._replace(pd=scores.pd[:n], thin=scores.thin[:n], decision=np.zeros(n, np.int8))


def test_who_is_approved_has_none_and_who_is_not_has_some(releases, columns):
    scorer = releases["xgboost"].champion
    scores = score(scorer, columns)
    assert set(scores.decision) == {0, 1, 2}
    for decision, reasons in zip(scores.decision, explain(scorer, columns, scores), strict=True):
        assert bool(reasons) == (decision != 0)
        assert len(reasons) <= MOST_REASONS
        assert len(set(reasons)) == len(reasons)


def test_a_thin_file_says_so_first(releases, columns):
    scorer = releases["xgboost"].champion
    scores = score(scorer, columns)
    given = explain(scorer, columns, scores)
    thin = np.flatnonzero(scores.thin)
    assert len(thin)
    assert {given[row][0] for row in thin} == {scorer.contract.thin_file.words}


def test_the_rule_gives_its_own_text(releases, columns):
    scorer = releases["xgboost"].fallback
    late = one(columns, 0)  # the first applicant is two months late
    assert explain(scorer, late, score(scorer, late))[0][0] == "The latest payment is late"


def test_a_rule_never_names_what_adds_no_points(releases, columns):
    scorer = releases["xgboost"].fallback
    given = explain(scorer, columns, score(scorer, columns))
    words, points = effects(scorer, columns, score(scorer, columns).pd)
    plain = [row for row, reasons in enumerate(given) if reasons == (NOTHING_STANDS_OUT,)]
    assert plain
    assert not points[plain].any()
    for row, reasons in enumerate(given):
        assert all(points[row, words.index(text)] > 0 for text in reasons if text in words)


def test_who_is_declined_is_never_told_that_nothing_stands_out(releases, columns):
    scorer = releases["logistic"].champion
    usual = columns
    for reason in scorer.contract.reasons.values():
        usual = baseline(scorer.contract, reason, usual)
    everybody = np.full(len(usual["PAY_0"]), 2, dtype=np.int8)
    scores = score(scorer, usual)._replace(decision=everybody, thin=everybody == 0)
    words = {reason.words for reason in scorer.contract.reasons.values()}
    assert len(everybody)
    for reasons in explain(scorer, usual, scores):
        assert reasons
        assert set(reasons) <= words


def test_a_baseline_never_makes_an_applicant_worse(releases, columns):
    scorer = releases["logistic"].champion
    before = probability(scorer, columns)
    for name in ("late_payments", "credit_limit", "small_payments"):
        after = probability(scorer, baseline(scorer.contract, scorer.contract.reasons[name], columns))
        assert (after <= before).all()
