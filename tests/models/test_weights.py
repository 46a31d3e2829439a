"""Reweighing, held against Kamiran and Calders' formula by hand and as algebra."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from takeback.models.training import Training, class_weights, reweighing, row_weights

CASES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 1)), min_size=1, max_size=60)


def test_by_hand():
    # Group a: 4 of 6 rows bad; group b: 1 of 4. P(a) P(bad) / P(a, bad) = 0.6 * 0.5 / 0.4.
    group = np.array(["a"] * 6 + ["b"] * 4)
    bad = np.array([1, 1, 1, 1, 0, 0, 1, 0, 0, 0])
    weights = reweighing(bad, [group])
    assert weights == pytest.approx([0.75] * 4 + [1.5] * 2 + [2.0] + [0.4 * 0.5 / 0.3] * 3)


@given(CASES)
def test_each_group_gets_the_bad_rate_of_all(cases):
    first, second, bad = (np.array(column) for column in zip(*cases, strict=True))
    weights = reweighing(bad, [first, second])
    insides = [np.char.add(first, second) == group for group in np.unique(np.char.add(first, second))]
    # Where a group has one outcome of two, a cell is empty, and no weight can fill it.
    full = [inside for inside in insides if len(np.unique(bad[inside])) == len(np.unique(bad))]
    assume(full)
    assert [np.average(bad[inside], weights=weights[inside]) for inside in full] == pytest.approx(
        [bad.mean()] * len(full)
    )
    assert [weights[inside].sum() for inside in full] == pytest.approx([inside.sum() for inside in full])


@given(CASES)
def test_a_group_of_everybody_and_no_group_weigh_nothing(cases):
    bad = np.array([outcome for *_, outcome in cases])
    assert reweighing(bad, [np.full(len(bad), "all")]) == pytest.approx(np.ones(len(bad)))
    assert (reweighing(bad, []) == 1).all()


def test_groups_and_outcomes_that_are_independent_weigh_nothing():
    group, bad = np.repeat(["a", "b"], 4), np.tile([1, 0], 4)
    assert reweighing(bad, [group]) == pytest.approx(np.ones(8))


def test_row_weights_are_the_product():
    data = Training(np.zeros((4, 1)), np.array([1, 0, 0, 0]), ("x",), (0,), {}, np.array([1.0, 2, 3, 4]))
    assert (row_weights(data, "balanced") == class_weights(data.bad, "balanced") * [1, 2, 3, 4]).all()
    assert (row_weights(data._replace(weight=None), "none") == 1).all()


def test_rows_keep_their_weights():
    data = Training(np.zeros((3, 1)), np.array([1, 0, 0]), ("x",), (0,), {}, np.array([1.0, 2, 3]))
    assert data.rows(np.array([True, False, True])).weight.tolist() == [1, 3]
    assert data._replace(weight=None).rows(np.array([True, False, True])).weight is None
