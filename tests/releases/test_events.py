"""What an environment holds: pure rules over its history."""

from hypothesis import given
from hypothesis import strategies as st

from takeback.releases.environment_tags import Event, in_environment

moves = st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=12)


def history(*versions):
    return [Event("prod", n, name.strip("!"), not name.endswith("!"), None) for n, name in enumerate(versions)]


def holds(*versions):
    return [event.version for event in in_environment(history(*versions))]


def test_what_was_rolled_back_from_is_not_gone_back_to():
    assert holds("v1", "v2", "v3") == ["v1", "v2", "v3"]
    assert holds("v1", "v2", "v3", "v2") == ["v1", "v2"]
    assert holds("v1", "v2", "v3", "v2", "v1") == ["v1"]
    assert holds("v1", "v2", "v1", "v3") == ["v1", "v3"]
    assert holds("v1", "v2", "v1", "v2") == ["v1", "v2"]


def test_what_left_is_gone():
    assert holds("v1", "v2", "v2!") == ["v1"]
    assert holds("v1", "v1!") == []


@given(moves)
def test_the_last_that_came_runs_and_nothing_stands_twice(moved):
    names = [name if came else f"{name}!" for name, came in moved]
    held = holds(*names)
    assert len(set(held)) == len(held)
    if moved and moved[-1][1]:
        assert held[-1] == moved[-1][0]
