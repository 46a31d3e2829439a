import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from takeback.extras.alternatives.frontier import choose, finalists, frontier
from takeback.extras.alternatives.space import Alternative
from takeback.extras.alternatives.trials import Trial, change, spread, spread_of

VALUES = st.one_of(st.none(), st.tuples(st.integers(-3, 3).map(float), st.integers(-3, 3).map(float)))


def trial(number, profits, ratios, size=1):
    results = [{"profit_per_application": p, "smallest_ratio": r} for p, r in zip(profits, ratios, strict=True)]
    return Trial(number, "guided", {"kind": "xgboost"}, Alternative("xgboost", {}), size, results)


@given(st.lists(VALUES, max_size=12))
def test_the_frontier_is_what_comparing_every_pair_gives(points):
    def beaten(i):
        one = points[i]
        others = [(j, p) for j, p in enumerate(points) if p is not None and j != i]
        return one is None or any(np.all(np.array(p) >= one) and (p != one or j < i) for j, p in others)

    found = frontier(points)
    assert sorted(found) == [i for i in range(len(points)) if not beaten(i)]
    assert [points[i][0] for i in found] == sorted((points[i][0] for i in found), reverse=True)


def test_the_most_profitable_that_is_safe_is_chosen():
    rich = trial(1, [0.06, 0.06], [0.80, 0.90])  # 0.85 less 0.071
    safe = trial(2, [0.05, 0.05], [0.84, 0.86])
    safest = trial(3, [0.04, 0.04], [0.99, 0.99])
    assert choose([rich, safe, safest], 0.8) == safe
    assert choose([rich, safe, safest], 0.7) == rich
    assert choose([rich, safe, safest], 1.0) is None
    assert choose([], 0.8) is None


def test_of_equal_ones_the_first_is_chosen():
    assert choose([trial(5, [1.0, 1.0], [1, 1]), trial(2, [1.0, 1.0], [1, 1])], 0.8).number == 2


def test_the_simplest_is_chosen_among_those_that_earn_as_much():
    best = trial(1, [0.050, 0.054], [1, 1], size=5)
    worse = trial(2, [0.0497, 0.0517], [1, 1], size=2)  # 0.0013 less, standard error 0.0010
    noisy = trial(3, [0.047, 0.055], [1, 1], size=3)  # 0.0010 less, standard error 0.0020
    unsafe = trial(4, [0.050, 0.054], [0.7, 0.7], size=0)
    assert choose([best, worse, noisy, unsafe], 0.8) == noisy
    assert choose([best, worse], 0.8) == best


def test_simpler_forms_are_tried_again_before_others():
    trials = [trial(i, [i / 100, i / 100], [1 - i / 20, 1 - i / 20]) for i in range(10)]
    assert [t.number for t in finalists(trials, trials[2:4], 0.8, 4)][:3] == [0, 2, 3]


def test_what_has_no_ratio_is_never_chosen():
    assert choose([trial(1, [1.0, 1.0], [None, 1.0])], 0.0) is None


def test_finalists_begin_with_the_baseline_and_hold_the_best():
    trials = [trial(i, [i / 100, i / 100], [1 - i / 20, 1 - i / 20]) for i in range(10)]
    found = [t.number for t in finalists(trials, [], 0.8, 4)]
    assert found == [0, 4, 3, 9, 8]
    assert len(finalists(trials, trials[2:3], 0.8, 50)) == 10, "no trial twice"
    assert [t.number for t in finalists(trials[:1], [], 0.8, 4)] == [0]


def test_a_change_is_a_difference_within_each_resplit():
    before, after = trial(0, [0.05, 0.03], [1, 1]), trial(1, [0.04, 0.02], [1, 1])
    found = change(after.results, before.results, "profit_per_application")
    assert np.isclose(found.mean, -0.01)
    assert np.isclose(found.sd, 0.0), "what resplits have in common goes"
    assert np.isclose(spread(after.results, "profit_per_application").sd, np.sqrt(2) / 100)


def test_spreads_of_few_values():
    assert spread_of([]) == spread_of([None]) == spread_of([1.0, None]) == (None, None)
    assert spread_of([2.0]) == (2.0, None)
