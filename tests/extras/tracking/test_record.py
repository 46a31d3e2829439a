"""What is logged is what the files say, under names that MLflow takes."""

from hypothesis import given
from hypothesis import strategies as st
from mlflow.utils.validation import _validate_metric_name, _validate_param_name

from takeback.extras.tracking.record import LONGEST_PARAM, record

MANIFEST = {"champion": "forest", "data": "taiwan", "files": {"contract.json": "ab"}}
NESTED = st.recursive(
    st.floats(allow_nan=False, allow_infinity=False) | st.none() | st.text() | st.booleans(),
    lambda inner: st.dictionaries(st.text(min_size=1, max_size=10), inner, min_size=1, max_size=4),
    max_leaves=12,
)


def made(params=None, metrics=None, name="v1.0.0", kind="release", commit="c0ffee"):
    return record(name, kind, commit, params or {}, MANIFEST, {"gate": {"verdict": "passed"}, **(metrics or {})})


def test_settings_and_metrics_are_flat():
    logged = made({"a": {"b": [1, "x"], "c": None}, "tracking": "mlflow"}, {"ranking": {"auc": 0.8, "why": "best"}})
    assert logged.params == {"a.b": '[1, "x"]', "a.c": "null", "tracking": "mlflow"}
    assert logged.metrics == {"ranking.auc": 0.8}
    assert logged.tags == {
        "kind": "release",
        "champion": "forest",
        "gate": "passed",
        "mlflow.source.git.commit": "c0ffee",
    }


def test_what_is_no_number_is_no_metric_and_a_long_setting_is_cut():
    logged = made({"long": "x" * 9000}, {"decision": {"rate": None, "ok": True, "n": 3}})
    assert logged.metrics == {"decision.n": 3.0}
    assert len(logged.params["long"]) == LONGEST_PARAM


@given(st.dictionaries(st.text(min_size=1, max_size=10), NESTED, max_size=4))
def test_every_name_is_one_that_mlflow_takes(values):
    logged = made(values, values)
    for name in logged.params:
        _validate_param_name(name)
    for name in logged.metrics:
        _validate_metric_name(name)
    assert len(logged.params) + len(logged.metrics) >= len(values)


@given(st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=4), min_size=2, max_size=8))
def test_two_names_stay_two(names):
    assert len(made({name: 1 for name in names}).params) == len(names)


def test_the_key_tells_experiments_of_one_name_apart_but_not_a_release_from_itself():
    assert made(commit="1").key == made(commit="2").key
    assert made(kind="experiment", commit="1").key != made(kind="experiment", commit="2").key
    assert "'" not in made(name="it's", kind="experiment").key


def test_the_digest_changes_with_the_content():
    digests = {made(p, m).digest for p, m in [({}, {}), ({"a": 1}, {}), ({}, {"a": 1}), ({}, {"a": 2})]}
    assert len(digests) == 4
