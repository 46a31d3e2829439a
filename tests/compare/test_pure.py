import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.compare.data_changes import Applications, changed_cells, data_changes
from takeback.compare.decision_changes import NO_REASON, decision_changes, flips, pair, paired_decisions
from takeback.compare.drift import drift, stability_index
from takeback.compare.settings_changes import (
    gate_changes,
    parameter_changes,
    selection_changes,
    size_changes,
    value_changes,
)

ids = st.lists(st.integers(0, 30).map(str), unique=True, max_size=20)


def text(values):
    return pa.chunked_array([pa.array(values, pa.string())])


@given(ids, ids)
def test_pairs_are_those_of_a_dictionary(before, after):
    pairs = pair(text(before), text(after))
    assert [before[i] for i in pairs.before] == [after[i] for i in pairs.after] == [i for i in after if i in before]
    assert {before[i] for i in pairs.removed} == {*before} - {*after}
    assert {after[i] for i in pairs.added} == {*after} - {*before}


def test_a_cell_changes_when_its_value_does_and_missing_is_a_value():
    before = pa.table({"x": [1.0, None, float("nan"), 2.0, None], "level": ["a", "b", None, None, "c"]})
    after = pa.table({"x": [1.0, None, None, 3.0, 4.0], "level": ["a", "c", None, "d", "c"]})
    found = changed_cells(before, after)
    assert found["x"].tolist() == [False, False, False, True, True]
    assert found["level"].tolist() == [False, True, False, True, False]


def test_a_column_that_became_text_is_compared_as_text():
    assert changed_cells(pa.table({"x": [1, 2]}), pa.table({"x": ["1", "3"]}))["x"].tolist() == [False, True]


def test_the_stability_index_is_the_sum_of_its_definition():
    p, q = np.array([10.5, 30.5, 60.5]) / 101.5, np.array([20.5, 30.5, 50.5]) / 101.5
    expected = sum((b - a) * np.log(b / a) for a, b in zip(p, q, strict=True))
    assert stability_index(np.array([10, 30, 60, 0]), np.array([20, 30, 50, 0])) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_the_stability_index_is_symmetric_never_negative_and_none_without_a_change(bins):
    before, after = np.array(bins).T
    assert stability_index(before, after) >= 0
    assert stability_index(before, after) == pytest.approx(stability_index(after, before))
    assert stability_index(before, before) == 0


def test_drift_is_seen_in_the_column_and_group_that_moved_and_in_no_other():
    random = np.random.default_rng(1)
    n = 4000
    before = {"still": random.normal(size=n), "moved": random.normal(size=n), "level": random.choice(["a", "b"], n)}
    group = random.choice(["man", "woman"], n)
    after = {**before, "moved": before["moved"] + (group == "woman")}
    groups = np.array(group), np.array(group)
    found = drift(pa.table(before), pa.table(after), groups)
    assert found["woman"]["moved"] > 0.5
    assert found["man"]["moved"] == found["woman"]["still"] == found["woman"]["level"] == 0
    assert drift(pa.table(before), pa.table(after))[""]["moved"] > 0.1


def test_drift_counts_what_is_missing_and_new_levels():
    before = pa.table({"x": [1.0, 2.0] * 50, "level": ["a", "b"] * 50})
    after = pa.table({"x": [None, 2.0] * 50, "level": ["a", "new"] * 50})
    assert drift(before, after)[""]["x"] > 0.5
    assert drift(before, after)[""]["level"] > 0.5
    assert drift(before, before)[""] == {"x": 0, "level": 0}


def test_drift_of_a_column_without_any_value():
    empty = pa.table({"x": pa.array([None, None], pa.float64())})
    assert drift(empty, pa.table({"x": [1.0, 2.0]}))[""]["x"] > 0


def applications(names, limits, bad, sex):
    table = pa.table({"ID": names, "LIMIT": limits, "bad": pa.array(bad, pa.int8())})
    groups = {"sex": {s: {"bad_rate": 0.5} for s in {*sex}}}
    metrics = {"rows": {"quarantined": 0}, "bad_rate": float(np.mean(bad)), "source_sha256": "x", "groups": groups}
    return Applications(table, "ID", metrics, {"sex": np.array(sex)})


def test_rows_are_counted_by_applicant_for_all_and_for_each_group():
    before = applications(["1", "2", "3", "4"], [1.0, 2.0, 3.0, 4.0], [0, 1, 0, 1], ["f", "f", "m", "m"])
    after = applications(["5", "4", "2", "1"], [9.0, 4.0, 2.5, 1.0], [0, 1, 1, 1], ["m", "m", "f", "f"])
    found = data_changes(before, after)
    assert found["rows"] == {"before": 4, "after": 4, "added": 1, "removed": 1, "changed": 2}
    assert found["columns"] == {"added": [], "removed": [], "changed": {"LIMIT": 1, "bad": 1}}
    assert found["groups"]["sex"]["f"]["rows"] == {"before": 2, "after": 2, "added": 0, "removed": 0, "changed": 2}
    assert found["groups"]["sex"]["m"]["rows"] == {"before": 2, "after": 2, "added": 1, "removed": 1, "changed": 0}
    assert set(found["drift"]) == {"LIMIT"}


def test_rows_in_another_order_are_no_change():
    before = applications(["1", "2"], [1.0, 2.0], [0, 1], ["f", "m"])
    found = data_changes(before, applications(["2", "1"], [2.0, 1.0], [1, 0], ["m", "f"]))
    assert found["rows"] == {"before": 2, "after": 2, "added": 0, "removed": 0, "changed": 0}
    assert found["drift"] == {}


def scores(rows):
    names, decisions, pds = zip(*rows, strict=True)
    return pa.table({"id": names, "decision": decisions, "pd": pds, "group_sex": ["f"] * len(rows)})


def test_decisions_are_paired_by_applicant_and_counted_by_direction():
    before = scores([("1", "approve", 0.1), ("2", "refer", 0.2), ("3", "decline", 0.4), ("9", "approve", 0.1)])
    after = scores([("3", "approve", 0.1), ("2", "decline", 0.3), ("1", "approve", 0.1), ("8", "decline", 0.9)])
    paired = paired_decisions(before, after)
    assert flips(paired)["id"].to_pylist() == ["3", "2"]
    found = decision_changes(paired, ["late", NO_REASON], 1)
    assert (found["applicants"], found["flipped"], found["stricter"], found["milder"]) == (3, 2, 1, 1)
    assert found["table"]["decline"] == {"approve": 1, "refer": 0, "decline": 0}
    assert found["directions"] == {"decline -> approve": 1, "refer -> decline": 1}
    assert found["reasons"] == {"decline -> approve": {"late": 1}, "refer -> decline": {NO_REASON: 1}}
    assert found["groups"]["sex"]["f"] == {"applicants": 3, "flipped": 2, "stricter": 1, "milder": 1}
    assert [(e["id"], e["before"], e["after"], e["reason"]) for e in found["examples"]] == [
        ("3", "decline", "approve", "late"),
        ("2", "refer", "decline", NO_REASON),
    ]


def test_examples_are_those_that_moved_most_and_no_more_than_asked_for():
    before = scores([(str(i), "approve", 0.1) for i in range(9)])
    after = scores([(str(i), "decline", 0.2 + i / 100) for i in range(9)])
    paired = paired_decisions(before, after)
    found = decision_changes(paired, None, 2)
    assert [e["id"] for e in found["examples"]] == ["8", "7"]
    assert (found["stricter"], found["milder"]) == (9, 0)
    assert decision_changes(paired, None, 0)["examples"] == []
    assert decision_changes(paired, None, 2)["reasons"] is None


def test_nobody_in_both_and_nobody_flipped():
    one, other = scores([("1", "approve", 0.1)]), scores([("2", "decline", 0.1)])
    assert decision_changes(paired_decisions(one, other), [], 3)["applicants"] == 0
    assert decision_changes(paired_decisions(one, one), [], 3)["flipped"] == 0


def test_parameters_are_grouped_by_what_they_are_about():
    before = {"policy": {"x": 1}, "data": {"name": "a", "missing": [""]}, "model": {"rule": {"y": 2}}, "tracking": None}
    after = {"policy": {"x": 2}, "data": {"name": "a", "missing": ["", "NA"]}, "split": {"test": 0.2}, "tracking": "on"}
    found = parameter_changes(before, after)
    assert found["policy"] == [{"name": "policy.x", "before": 1, "after": 2}]
    assert [row["name"] for row in found["data"]] == ["data.missing", "split.test"]
    assert found["model"] == [{"name": "model.rule.y", "before": 2, "after": None}]
    assert found["other"] == [{"name": "tracking", "before": None, "after": "on"}]
    assert found["features"] == found["gate"] == []


def test_features_that_came_in_or_went_out_have_both_reasons():
    def content(**features):
        return {"features": {name: {"selected": s, "why": w} for name, (s, w) in features.items()}}

    before = content(a=(True, "iv 1"), b=(False, "iv 0"), c=(True, "iv 2"))
    after = content(a=(False, "excluded"), b=(True, "iv 3"), c=(True, "iv 9"), d=(True, "iv 4"))
    found = selection_changes(before, after)
    assert found["out"] == [{"feature": "a", "before": "iv 1", "after": "excluded"}]
    assert found["in"] == [
        {"feature": "b", "before": "iv 0", "after": "iv 3"},
        {"feature": "d", "before": None, "after": "iv 4"},
    ]
    assert found["selected"] == {"before": 2, "after": 3}


def test_a_criterion_shows_when_its_result_or_limit_changed_not_when_its_value_did():
    def gate(verdict, **criteria):
        rows = {k: {"result": r, "limit": limit, "blocks": True, "value": v} for k, (r, limit, v) in criteria.items()}
        return {"verdict": verdict, "criteria": rows}

    before = gate("pass", auc=("pass", 0.7, 0.8), brier=("pass", 0.2, 0.1), ratio=("pass", 0.8, 0.9))
    after = gate("blocked", auc=("pass", 0.7, 0.9), brier=("fail", 0.2, 0.3), new=("pass", 1, 1))
    found = gate_changes(before, after)
    assert sorted(found["criteria"]) == ["brier", "new", "ratio"]
    assert found["criteria"]["new"]["before"] is None
    assert found["verdict"] == {"before": "pass", "after": "blocked"}


def test_values_and_sizes_that_differ():
    assert value_changes({"a": 1, "b": 2}, {"a": 1, "c": 3}) == {
        "b": {"before": 2, "after": None},
        "c": {"before": None, "after": 3},
    }
    assert value_changes(None, None) == {}
    assert size_changes({"a": 1, "b": 2}, {"a": 5}) == {
        "before": 3,
        "after": 5,
        "files": {"a": {"before": 1, "after": 5}, "b": {"before": 2, "after": None}},
    }
