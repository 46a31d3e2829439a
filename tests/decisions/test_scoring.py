"""The one scorer gives an applicant the same bits alone, in a batch and in threads."""

import numpy as np
import pytest

from takeback.data.validation import read_columns
from takeback.decisions.batch import in_order
from takeback.decisions.scoring import score, thin_files

NAMES = ("logistic", "forest", "xgboost")


@pytest.fixture
def columns(taiwan, taiwan_rows):
    return read_columns(taiwan, taiwan_rows, taiwan.inputs)[0]


def rows(columns, start, stop):
    return {name: values[start:stop] for name, values in columns.items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_pieces_give_the_bits_of_the_whole(releases, columns, name, size):
    scorer = releases[name].champion
    whole = score(scorer, columns)
    pieces = [score(scorer, rows(columns, i, i + size)) for i in range(0, 500, size)]
    assert len(pieces) * size >= len(whole.pd) == 500
    for position, part in enumerate(whole):
        assert (np.concatenate([piece[position] for piece in pieces]) == part).all()


@pytest.mark.parametrize("name", NAMES)
def test_threads_side_by_side_give_the_bits_of_one(releases, columns, name):
    scorer = releases[name].champion
    whole = score(scorer, columns)
    several = list(in_order(lambda _: score(scorer, columns), range(20), workers=4))
    assert all((result.pd == whole.pd).all() for result in several)


def test_protected_attributes_never_reach_a_model(releases, columns):
    for release in releases.values():
        for scorer in (release.champion, release.fallback):
            assert not {"SEX", "EDUCATION", "MARRIAGE", "AGE"} & {n.partition("=")[0] for n in scorer.model.inputs}
    protected = {name: np.zeros(500) for name in ("SEX", "EDUCATION", "MARRIAGE", "AGE")}
    scorer = releases["xgboost"].champion
    assert (score(scorer, {**columns, **protected}).pd == score(scorer, columns).pd).all()


def test_thin_files_are_those_without_a_bill(taiwan, columns):
    bills = np.stack([columns[f"BILL_AMT{i}"] for i in range(1, 7)])
    assert (thin_files(taiwan, columns) == (bills <= 0).all(axis=0)).all()


def test_the_fallback_approves_nobody(releases, columns):
    assert set(score(releases["xgboost"].fallback, columns).decision) == {1, 2}
