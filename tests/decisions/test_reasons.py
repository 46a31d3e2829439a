"""Reasons are tested by intervention: what they name is what lowers the PD."""

import numpy as np
import pytest

from takeback.data.validation import read_columns
from takeback.decisions.reasons import MOST_REASONS, NOTHING_STANDS_OUT, baseline, effects, explain
from takeback.decisions.scoring import probability, score


@pytest.fixture
def columns(taiwan, taiwan_rows):
    return read_columns(taiwan, taiwan_rows, taiwan.inputs)[0]


def one(columns, row):
    return {name: values[row : row + 1] for name, values in columns.items()}


@pytest.mark.parametrize("name", ["logistic", "forest", "xgboost"])
def test_the_first_reason_lowers_the_pd_most(releases, columns, name):
    scorer = releases[name].champion
    scores = score(scorer, columns)
    given = explain(scorer, columns, scores)
    words = {reason.words: reason for reason in scorer.contract.reasons.values()}
    declined = np.flatnonzero((scores.decision == 2) & ~scores.thin)[:20]
    assert len(declined) == 20
    for row in declined:
        lowered = {
            text: probability(scorer, baseline(scorer.contract, reason, one(columns, row)))[0]
            for text, reason in words.items()
        }
        assert lowered[given[row][0]] == min(lowered.values())
        assert all(lowered[text] < scores.pd[row] for text in given[row][1:])


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
