from hypothesis import given
from hypothesis import strategies as st

from takeback.repository.lock_differences import Row, compare_locks, difference, first_to_differ, overlap, unexplained

ENTRY = st.builds(
    lambda digest, size: {"hash": "md5", "md5": digest, "size": size}, st.text("0123", min_size=8), st.integers(0)
)
OUTS = st.dictionaries(st.sampled_from(["a", "b/c", "d"]), ENTRY).map(
    lambda files: [{"path": path, **entry} for path, entry in files.items()]
)
LOCKS = st.dictionaries(st.sampled_from(["one", "two"]), OUTS.map(lambda outs: {"outs": outs})).map(
    lambda stages: {"stages": stages}
)


@given(LOCKS)
def test_a_lock_is_identical_to_itself(lock):
    rows = compare_locks(lock, lock)
    assert len(rows) == sum(len(stage["outs"]) for stage in lock["stages"].values())
    assert all(row.identical for row in rows)


@given(LOCKS, LOCKS)
def test_both_orders_find_the_same_differences(one, other):
    def different(left, right):
        return {(row.stage, row.path) for row in compare_locks(left, right) if not row.identical}

    assert different(one, other) == different(other, one)


@given(LOCKS, st.data())
def test_a_changed_hash_or_size_is_one_difference(lock, data):
    places = [(name, i) for name, stage in lock["stages"].items() for i in range(len(stage["outs"]))]
    if not places:
        return
    name, index = data.draw(st.sampled_from(places))
    key, value = data.draw(st.sampled_from([("md5", "ffffffff"), ("size", -1)]))
    outs = [{**out, key: value} if i == index else out for i, out in enumerate(lock["stages"][name]["outs"])]
    other = {"stages": {**lock["stages"], name: {"outs": outs}}}
    assert [row.path for row in compare_locks(lock, other) if not row.identical] == [outs[index]["path"]]


def test_paths_overlap_by_their_parts():
    assert overlap("a/b", "a") and overlap("a", "a/b") and overlap("a", "a")
    assert not overlap("a/b", "a/bc")


def test_only_a_dependency_that_no_changed_output_explains_was_edited():
    outs = [Row("train", "models/x", "1", "2"), Row("split", "parts", "5", "5")]
    followed, edited = Row("report", "models", "3", "4"), Row("train", "parts/test", "5", "6")
    assert unexplained(outs, [followed, edited, Row("report", "code", "7", "7")]) == [edited]


def test_a_difference_begins_where_the_inputs_do_not_differ():
    outs = [Row("train", "model", "1", "2"), Row("report", "page", "3", "4"), Row("split", "parts", "5", "5")]
    deps = [Row("train", "parts", "5", "5"), Row("report", "model", "1", "2")]
    assert first_to_differ(outs, deps) == ["train"]


def test_a_difference_is_told_by_hash_then_by_the_rest():
    assert difference(Row("s", "p", "0123456789, 3 bytes", "9876543210, 3 bytes"), "lock", "new") == (
        "lock 01234567, new 98765432"
    )
    assert difference(Row("s", "p", "0123456789, 3 bytes", "0123456789, 4 bytes"), "lock", "new").endswith("4 bytes")
    assert difference(Row("s", "p", None, "1"), "lock", "new") == "only new has it"
