import itertools

from hypothesis import given
from hypothesis import strategies as st

from takeback.extras.blame.changes import as_coalition, is_union, merged
from takeback.extras.blame.runs import fits_differ, gray_code, two_walks

PLAYERS = ("data", "features", "model", "policy", "code")
MIXTURES = st.sets(st.frozensets(st.sampled_from(PLAYERS), min_size=1, max_size=4))


def test_without_failure_nobody_is_merged():
    assert merged(PLAYERS, []) == tuple((player,) for player in PLAYERS)


def test_a_conflict_of_two_merges_the_two():
    failed = [m for m in gray_code(PLAYERS) if "model" in m and "code" not in m]
    assert merged(PLAYERS, failed) == (("data",), ("features",), ("model", "code"), ("policy",))


def test_two_conflicts_merge_two_pairs():
    failed = [m for m in gray_code(PLAYERS) if ("model" in m) != ("code" in m)]
    failed += [m for m in gray_code(PLAYERS) if "data" in m and "features" not in m]
    assert set(merged(PLAYERS, failed)) == {("data", "features"), ("model", "code"), ("policy",)}


@given(MIXTURES)
def test_no_failed_mixture_is_needed_any_more(failed):
    assert not any(is_union(mixture, merged(PLAYERS, failed)) for mixture in failed)


def test_a_merged_player_counts_as_one():
    blocks = (("data",), ("model", "code"))
    assert as_coalition(frozenset({"model", "code"}), blocks) == {"model+code"}


@given(st.integers(0, 5))
def test_walks_visit_every_mixture_once_and_change_one_step_at_a_time(count):
    players = PLAYERS[:count]
    code = gray_code(players)
    assert len(set(code)) == len(code) == 2**count
    assert all(len(a ^ b) == 1 for a, b in itertools.pairwise(code))


@given(st.integers(1, 5))
def test_two_walks_start_at_the_revisions_and_never_meet(count):
    players = PLAYERS[:count]
    first, second = two_walks(players)
    assert (first[0], second[0]) == (frozenset(), frozenset(players))
    assert sorted(map(sorted, first + second)) == sorted(map(sorted, gray_code(players)))
    assert all(a.isdisjoint(b) for a, b in zip(first, second, strict=True))


def test_only_a_step_that_fits_anew_brings_the_luck_of_a_fit():
    assert fits_differ(("policy", "model"), {"a 1", "a 2"})
    assert not fits_differ(("policy",), {"logistic 1", "xgboost 2"})  # another champion of the same fits
    assert not fits_differ(("policy", "code"), {"a 1"})
