import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.data import ids
from takeback.data.ids import MOST_CHARACTERS, Seen, read_ids

PIECES = st.lists(
    st.lists(st.none() | st.sampled_from("abc") | st.text(min_size=1, max_size=20), max_size=30), max_size=8
)


@given(PIECES)
def test_repeats_are_those_that_a_set_finds(pieces):
    seen, earlier = Seen(), set()
    found = [seen.repeated(pa.array(piece, pa.string())).tolist() for piece in pieces]
    expected = []
    for piece in pieces:
        expected.append([])
        for one in piece:
            expected[-1].append(one is not None and one in earlier)
            earlier.add(one)
    assert found == expected


def test_many_pieces_keep_a_few_sorted_runs():
    seen = Seen()
    for start in range(0, 100_000, 1000):
        assert not seen.repeated(pa.array(np.arange(start, start + 1000)).cast(pa.string())).any()
    assert len(seen._runs) < 9
    assert seen.repeated(pa.array(["0", "99999", "100000"])).tolist() == [True, True, False]


def test_hashes_do_not_depend_on_the_neighbours():
    alone = [ids._hashes(pa.array([text]))[0] for text in ("", "a", "12345678", "123456789", "ä" * 100)]
    together = ids._hashes(pa.array(["", "a", "12345678", "123456789", "ä" * 100]))
    assert together.tolist() == alone
    assert len(set(alone)) == 5


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (pa.array(["", "NA"]), "expected a value"),
        (pa.array(["1.5", "2.50"]), "without a fraction"),
        (pa.array([1.5, float("inf")]), "without a fraction"),
        (pa.array([2.0**53, 2.0**60]), "holds it exactly"),
        (pa.array([2.0**24, 2.0**24 + 2], pa.float32()), "holds it exactly"),
        (pa.array(["9007199254740992.0", "123456789012345678.00"]), "holds it exactly"),
        (pa.array(["a\nb", "a\u202eb"]), "invisible"),
        (pa.array(["\0x", "a\u200bb"]), "invisible"),
        (pa.array(["\u3164", "\u2800"]), "invisible"),
        (pa.array(["2\u034f", "2\ufe0f"]), "invisible"),
        (pa.array(["x" * 257, "x" * 100_000]), "at most 256 characters"),
    ],
)
def test_what_is_no_id_is_broken(cells, words):
    _, violations = read_ids("id", cells, ("NA",), Seen())
    assert [v.rows.tolist() for v in violations if words in f"expected {v.expected}"] == [[True, True]]


def test_what_is_an_id_is_not_broken():
    cells = pa.array(["00012", "12", "1.2E+11", "x" * MOST_CHARACTERS, "Müller-1", "=1+1", "1.2.3", "2024-01-01"])
    assert read_ids("id", cells, ("NA",), Seen())[1] == []


def test_one_fraction_changes_no_other_id():
    read, violations = read_ids("id", pa.array([120000000000.0, 2.5, 1.0, None]), (), Seen())
    assert read.to_pylist()[:1] + read.to_pylist()[2:] == ["120000000000", "1", None]
    assert [v.rows.tolist() for v in violations] == [[False, False, False, True], [False, True, False, False]]
