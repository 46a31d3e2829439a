"""The table that every measurement takes: made of scores, and read back from data/scores."""

import numpy as np
import pyarrow as pa
import pytest

from takeback.assessment.scored import as_scored, attributes, scored_table
from takeback.common.errors import UserError
from takeback.decisions.scoring import Scores

SCORES = Scores(np.array([0.1, 0.3, 0.9]), np.array([False, True, False]), np.array([0, 1, 2], np.int8))
GROUPS = {"sex": ["female", "male", "unknown"], "age": ["b", "a", "a"]}


def test_a_row_has_what_one_applicant_was_given(taiwan_config):
    policy = taiwan_config.policy
    table = scored_table(SCORES, np.array([0, 1, 1]), GROUPS, ["x", "y", "z"], [10.0, 20.0, 30.0], policy)
    first = table.iloc[0].to_dict()
    assert first.pop("profit") == pytest.approx(policy.return_rate)
    assert first == {
        "id": "x",
        "pd": 0.1,
        "decision": "approve",
        "bad": 0,
        "amount": 10.0,
        "group_sex": "female",
        "group_age": "b",
        "thin": False,
    }
    assert table["decision"].cat.codes.tolist() == [0, 1, 2]
    assert attributes(table) == ["sex", "age"]


def test_what_is_not_known_is_no_column():
    assert list(scored_table(SCORES, [0, 1, 1], {})) == ["pd", "decision", "bad", "thin"]


def stored(**changes):
    columns = {"id": ["x", "y"], "pd": [0.1, 0.3], "decision": ["refer", "approve"], "bad": [0, 1]} | changes
    return pa.table({name: values for name, values in columns.items() if values is not None})


def test_stored_scores_have_decisions_in_their_order_though_one_is_missing():
    read = as_scored(stored())
    assert read["decision"].cat.categories.tolist() == ["approve", "refer", "decline"]
    assert read["decision"].cat.codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision": None}, r"data/scores: has no column decision\. `dvc repro` writes it"),
        ({"pd": None, "bad": None}, r"has no column bad, pd"),
        ({"decision": ["refer", "maybe"]}, r"decision: found 'maybe'; expected one of approve, refer, decline"),
        ({"decision": ["refer", None]}, r"decision: found 'None'"),
    ],
)
def test_what_is_no_table_of_scores_is_one_message(changes, said):
    with pytest.raises(UserError, match=said):
        as_scored(stored(**changes))
