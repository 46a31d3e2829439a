"""Every result of a criterion, and what each setting makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.criteria import (
    FAIL,
    INSUFFICIENT,
    PASS,
    at_least,
    at_most,
    may_stop,
    numbers,
    ratio_at_least,
    stopping,
    stops,
    verdict,
    within,
)
from takeback.config.params import Criterion

LIMIT = Criterion(limit=0.8, blocks="fail")
NUMBERS = st.floats(-2, 2)


@pytest.mark.parametrize(
    ("value", "interval", "result"),
    [
        (0.8, None, PASS),
        (0.8, (0.7, 0.9), PASS),
        (0.79, None, FAIL),
        (0.79, (0.7, 0.799), FAIL),
        (0.79, (0.7, 0.8), INSUFFICIENT),
        (0.79, (0.7, 0.85), INSUFFICIENT),
        (None, None, INSUFFICIENT),
    ],
)
def test_at_least(value, interval, result):
    judged = at_least(LIMIT, value, interval)
    assert judged["result"] == result
    assert (judged["value"], judged["limit"], judged["blocks"]) == (value, 0.8, "fail")
    assert (judged["low"], judged["high"]) == (interval or (None, None))


@given(value=NUMBERS, limit=NUMBERS, half=st.floats(0, 1) | st.none())
def test_at_most_is_at_least_of_the_negative(value, limit, half):
    interval = None if half is None else (value - half, value + half)
    mirrored = None if half is None else (-value - half, -value + half)
    assert (
        at_most(Criterion(limit=limit, blocks="fail"), value, interval)["result"]
        == at_least(Criterion(limit=-limit, blocks="fail"), -value, mirrored)["result"]
    )


@pytest.mark.parametrize(
    ("ratio", "interval", "enough", "result"),
    [
        (0.85, (0.7, 0.95), True, PASS),
        (0.79, (0.7, 0.95), True, FAIL),
        (0.79, (0.5, 1.2), True, INSUFFICIENT),
        (0.10, (0.0, 0.2), False, INSUFFICIENT),
        (0.79, None, True, INSUFFICIENT),
        (None, None, True, INSUFFICIENT),
        (None, None, False, INSUFFICIENT),
    ],
)
def test_a_ratio_fails_below_the_limit_and_apart_from_parity(ratio, interval, enough, result):
    assert ratio_at_least(LIMIT, ratio, interval, enough)["result"] == result


@pytest.mark.parametrize(
    ("value", "interval", "enough", "result"),
    [
        (0.05, (-0.2, 0.2), True, PASS),
        (-0.8, (-0.9, -0.7), True, PASS),
        (-0.9, (-1.0, -0.81), True, FAIL),
        (0.9, (0.81, 1.0), True, FAIL),
        (0.9, (0.7, 1.0), True, INSUFFICIENT),
        (0.9, (0.81, 1.0), False, INSUFFICIENT),
        (None, None, True, INSUFFICIENT),
    ],
)
def test_within(value, interval, enough, result):
    assert within(LIMIT, value, interval, enough)["result"] == result


@pytest.mark.parametrize(
    ("blocks", "stopped"),
    [("never", set()), ("fail", {FAIL}), ("doubt", {FAIL, INSUFFICIENT}), (True, {FAIL}), (False, set())],
)
def test_what_stops_a_release(blocks, stopped):
    rows = {result: {"result": result, "blocks": blocks} for result in (PASS, FAIL, INSUFFICIENT)}
    assert {result for result, row in rows.items() if stops(row)} == stopped
    assert may_stop(rows[PASS]) == bool(stopped)
    assert verdict(rows) == ("blocked" if stopped else "pass")


def test_a_line_says_the_number_its_interval_and_the_limit():
    criteria = {"b": ratio_at_least(LIMIT, 0.7, (0.6, 0.75), True), "a": at_least(LIMIT, 0.9)}
    assert stopping(criteria) == ["b 0.7000 (0.6000 to 0.7500), limit 0.8"]
    assert numbers(at_least(LIMIT, None)) == "-, limit 0.8, not enough evidence"
    assert numbers({"value": 0.7, "limit": 0.8, "blocks": True, "result": FAIL}) == "0.7000, limit 0.8"  # an older form
