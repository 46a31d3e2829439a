"""A scorecard scores as it reads."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from takeback.models.scorecard import Bins, Scorecard, scorecard_from

CARD = Scorecard(
    -1.0,
    {
        "late": Bins((1.0, 2.0), (0.0, 0.5, 1.25), 0.75, "Late"),
        "limit": Bins((100.0,), (0.25, -0.25), 0.0, "Low limit"),
    },
)


def test_points_by_hand():
    matrix = np.array([[0, 50], [1, 100], [1.5, 99], [7, 1e6], [np.nan, np.nan]], dtype=np.float32)
    assert CARD.margin(matrix).tolist() == [-0.75, -0.75, -0.25, 0.0, -0.25]


def test_json_and_back_gives_the_same_scorecard():
    assert scorecard_from(CARD.to_dict()) == CARD


@given(st.lists(st.tuples(st.floats(-5, 5, width=32), st.floats(0, 200, width=32)), min_size=1, max_size=30))
def test_a_row_alone_gives_the_bits_it_gives_in_a_batch(rows):
    matrix = np.array(rows, dtype=np.float32)
    alone = [CARD.margin(matrix[i : i + 1])[0] for i in range(len(matrix))]
    assert alone == CARD.margin(matrix).tolist()


def test_contributions_add_up_to_the_margin():
    matrix = np.array([[0, 50], [2, 100], [np.nan, 3]], dtype=np.float32)
    margin = CARD.margin(matrix)
    assert np.allclose(CARD.contributions(matrix).sum(axis=1), margin - margin.mean())
