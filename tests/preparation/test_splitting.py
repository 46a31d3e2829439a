from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.config.params import Split
from takeback.preparation.splitting import PARTS, position, split

SETTINGS = Split(calibration=0.2, test=0.3, test_from=None, salt="salt")


def applications(ids):
    """Every application is in each part's half of good and bad ones: the outcome follows the id."""
    return pa.table({"ID": [str(n) for n in ids], "bad": pa.array([n % 2 for n in ids], pa.int8())})


def sides(contract, table, settings=SETTINGS):
    parts = split(contract, settings, table)
    return {applicant: name for name in PARTS for applicant in parts[name]["ID"].to_pylist()}


@given(st.randoms(use_true_random=False), st.integers(200, 400))
def test_parts_are_disjoint_and_complete(taiwan, random, count):
    ids = random.sample(range(100_000), count)
    parts = split(taiwan, SETTINGS, applications(ids))
    together = [applicant for part in parts.values() for applicant in part["ID"].to_pylist()]
    assert sorted(together) == sorted(map(str, ids))


@given(st.randoms(use_true_random=False), st.integers(200, 400), st.integers(0, 200))
def test_a_row_never_changes_side(taiwan, random, kept, added):
    ids = random.sample(range(100_000), 600)
    others = random.sample(ids[:400], kept) + ids[400 : 400 + added]
    random.shuffle(others)
    before, after = sides(taiwan, applications(ids)), sides(taiwan, applications(others))
    assert all(before[applicant] == side for applicant, side in after.items())


@given(st.text(max_size=10), st.text(max_size=5))
def test_a_position_is_a_share(applicant, salt):
    assert 0 <= position(applicant, salt) < 1
    assert position(applicant, salt) == position(applicant, salt)


def test_shares_are_near_the_settings(taiwan):
    parts = split(taiwan, SETTINGS, applications(range(20_000)))
    shares = [parts[name].num_rows / 20_000 for name in ("train", "calibration", "test")]
    np.testing.assert_allclose(shares, [0.5, 0.2, 0.3], atol=0.015)


def test_another_salt_divides_in_another_way(taiwan):
    table, other = applications(range(500)), SETTINGS.model_copy(update={"salt": "pepper"})
    assert sides(taiwan, table) != sides(taiwan, table, other)


@pytest.fixture
def dated(taiwan):
    start, ids = date(2024, 1, 1), range(300)
    days = pa.array([start + timedelta(days=n) for n in ids], pa.date32())
    contract = taiwan.model_copy(update={"date": "applied"})
    return contract, applications(ids).append_column("applied", days)


def test_a_date_makes_the_latest_applications_the_test(dated):
    contract, table = dated
    parts = split(contract, SETTINGS.model_copy(update={"test_from": "2024-07-01"}), table)
    assert parts["test"]["applied"].to_pylist() == [d for d in table["applied"].to_pylist() if d >= date(2024, 7, 1)]
    assert sum(part.num_rows for part in parts.values()) == 300
    assert {position(text, "salt") < 0.2 for text in parts["calibration"]["ID"].to_pylist()} == {True}
    assert {position(text, "salt") < 0.2 for text in parts["train"]["ID"].to_pylist()} == {False}


def test_a_text_that_is_no_date_is_a_user_error(dated):
    contract, table = dated
    with pytest.raises(UserError, match=r"split\.test_from: found 'July'; expected a date like"):
        split(contract, SETTINGS.model_copy(update={"test_from": "July"}), table)


@pytest.mark.parametrize("ids", [range(0, 400, 2), range(1, 400, 2), []])
def test_a_part_with_one_outcome_is_a_user_error(taiwan, ids):
    with pytest.raises(UserError, match=r"part has \d+ applications, \d+ of them bad; expected good and bad ones"):
        split(taiwan, SETTINGS, applications(ids))
