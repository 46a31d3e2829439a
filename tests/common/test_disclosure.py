import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from takeback.common.disclosure import few, hidden_groups, hidden_pairs, joined, masked, one_sided

LEAST = 10
COUNTS = st.one_of(st.integers(0, 12), st.integers(20, 500))
GROUPS = st.tuples(st.integers(1, 8), st.integers(1, 3)).flatmap(lambda shape: arrays(np.int64, shape, elements=COUNTS))
PARTS = st.sampled_from([1, 2, 4])
TABLES = st.tuples(st.integers(2, 4), st.integers(2, 5), PARTS).flatmap(
    lambda shape: arrays(np.int64, shape, elements=COUNTS)
)


def test_nobody_is_no_cell_and_one_shows_everything():
    assert few([0, 1, 9, 10], LEAST).tolist() == [False, True, True, False]
    assert not few([0, 1, 9, 10], 1).any()
    assert one_sided(0, 50, LEAST)
    assert not one_sided(0, 50, 1)


def test_one_small_group_takes_the_next_smallest_with_it():
    assert hidden_groups([500, 4, 90, 0, 30], LEAST).tolist() == [False, True, False, False, True]
    assert hidden_groups([500, 4, 8, 30], LEAST).tolist() == [False, True, True, False]
    assert masked({"a": 3, "b": 20, "c": 40}, LEAST) == {"a": None, "b": None, "c": 40}


def test_the_rate_of_a_group_does_not_follow_from_that_of_all_and_the_others():
    approved_or_not = [[300, 300], [3, 397], [60, 40]]
    assert hidden_groups(approved_or_not, LEAST).tolist() == [False, True, True]


def test_an_outcome_that_nobody_has_tells_of_all():
    good_bad = [[40, 0], [300, 60], [50, 20]]
    assert hidden_groups(good_bad, LEAST).tolist() == [False, False, False]
    assert hidden_groups(good_bad, LEAST, outcome=True).tolist() == [True, False, True]


@given(GROUPS, st.booleans())
def test_hidden_groups_are_together_no_small_cell(cells, outcome):
    hidden = hidden_groups(cells, LEAST, outcome=outcome)
    assert not few(cells[~hidden], LEAST).any()
    assert hidden[cells.any(axis=1)].all() or not few(cells[hidden].sum(axis=0), LEAST).any()
    if outcome and not hidden[cells.any(axis=1)].all():
        assert (cells[~hidden] >= LEAST).all()
        assert (cells[hidden].sum(axis=0) >= LEAST).all() or not hidden.any()
    assert not hidden_groups(cells, 1, outcome=outcome).any()


@settings(max_examples=40)
@given(TABLES)
def test_no_small_part_of_a_table_follows_from_its_sums(cells):
    rows, columns = (hidden_groups(cells.sum(axis=axis), LEAST) for axis in (1, 0))
    hidden = hidden_pairs(cells, LEAST, rows, columns)
    assert not few(cells[~hidden], LEAST).any()
    secret = np.where(hidden[..., None], cells, 0)
    assert not few(secret.sum(axis=1)[~rows], LEAST).any()
    assert not few(secret.sum(axis=0)[~columns], LEAST).any()
    if hidden[cells.any(axis=2)].all():
        return
    for i, j in np.argwhere(hidden & few(cells, LEAST).any(axis=2)):
        for part in np.flatnonzero(few(cells[i, j], LEAST)):
            low, high = possible(cells, hidden, rows, columns, (i, j, part))
            assert high - low > 0.5, (i, j, part)


def possible(cells, hidden, rows, columns, wanted):
    """Return between which numbers a hidden cell must be, for whoever knows all sums that are not hidden."""
    places = [(i, j, k) for i, j in np.argwhere(hidden) for k in range(cells.shape[2])]
    constraints, right = [], []

    def known(inside):
        constraints.append([float(inside(*place)) for place in places])
        right.append(sum(cells[place] for place in places if inside(*place)))

    for part in range(cells.shape[2]):
        for i in np.flatnonzero(~rows):
            known(lambda row, _, k, i=i, part=part: (row, k) == (i, part))
        for j in np.flatnonzero(~columns):
            known(lambda _, column, k, j=j, part=part: (column, k) == (j, part))
    for i, j in np.argwhere(hidden) if cells.shape[2] > 1 else ():
        for two in range(0, cells.shape[2], 2):  # such as who is approved and who is not
            known(lambda row, column, k, i=i, j=j, two=two: (row, column, k // 2) == (i, j, two // 2))
    goal = np.array([float(place == wanted) for place in places])
    ends = [linprog(sign * goal, A_eq=constraints, b_eq=right) for sign in (1, -1)]
    assert all(end.success for end in ends)
    return ends[0].fun, -ends[1].fun


@given(TABLES)
def test_a_table_without_small_cells_is_shown(cells):
    shown = np.zeros(cells.shape[0], bool), np.zeros(cells.shape[1], bool)
    assert not hidden_pairs(cells + LEAST, LEAST, *shown).any()
    assert not hidden_pairs(cells, 1, *shown).any()


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=12))
def test_joined_bins_have_enough_of_both(rows):
    good, bad = np.array(rows).T
    bins = joined(good, bad, LEAST)
    assert [*np.unique(bins)] == [*range(bins.max() + 1)]
    assert (np.diff(bins) >= 0).all()
    if bins.max():
        assert not one_sided(np.bincount(bins, good), np.bincount(bins, bad), LEAST).any()
    assert not one_sided(good.sum(), bad.sum(), LEAST) or not bins.any()
