import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from takeback.assessment.paired import paired_difference

numbers = st.floats(-1, 1, allow_nan=False)


@given(st.lists(st.tuples(numbers, numbers), min_size=2))
def test_swapped_it_changes_its_sign(pairs):
    first, second = np.array(pairs).T
    there, back = paired_difference(first, second), paired_difference(second, first)
    assert there["value"] == pytest.approx(-back["value"])
    assert there["interval"] == pytest.approx([-end for end in back["interval"][::-1]])


def test_it_agrees_with_scipy():
    rng = np.random.default_rng(0)
    first, second = rng.normal(0.1, 1, 5000), rng.normal(0, 1, 5000)
    low, high = stats.ttest_rel(first, second).confidence_interval(0.95)
    found = paired_difference(first, second)
    assert found["value"] == pytest.approx((first - second).mean())
    assert found["interval"] == pytest.approx([low, high], abs=2e-5)  # normal against t with 4,999 degrees


def test_what_both_share_cancels_out():
    profit = np.random.default_rng(0).normal(size=100)
    assert paired_difference(profit + 0.5, profit)["interval"] == pytest.approx([0.5, 0.5])


def test_one_applicant_has_no_interval():
    assert paired_difference(np.array([0.15]), np.array([0.1])) == {"value": pytest.approx(0.05), "interval": None}


def test_two_applicants_by_hand():
    # Differences 1 and 0: mean 1/2, standard deviation 1/sqrt(2), so the standard error is 1/2.
    found = paired_difference(np.array([1.0, 0.0]), np.array([0.0, 0.0]))
    assert found["interval"] == pytest.approx([0.5 - 1.959964 / 2, 0.5 + 1.959964 / 2])
