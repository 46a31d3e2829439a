"""One criterion of the gate: a number with its interval against a limit, and whether the result stops a release."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from takeback.config.params import Criterion

PASS, FAIL, INSUFFICIENT = "pass", "fail", "insufficient evidence"
# Older releases say true or false: a failure stops the release, or nothing does.
_STOPPING: Mapping[str | bool, tuple[str, ...]] = {
    "never": (),
    "fail": (FAIL,),
    "doubt": (FAIL, INSUFFICIENT),
    False: (),
    True: (FAIL,),
}
SIGNIFICANT = 0.05
Interval = tuple[float, float] | list[float] | None


def at_least(criterion: Criterion, value: float | None, interval: Interval = None) -> dict[str, Any]:
    """Judge a number that must not be below the limit.

    It passes if it is not, and fails if all of its interval is below; in between there is not enough evidence. A number
    without an interval is taken as certain. One that is not defined is no evidence. One that is not shown, for privacy,
    may have an interval around all that it can be: it passes or fails if all of that does.
    """
    if value is None:
        low, high = interval or (-math.inf, math.inf)
        missed = FAIL if high < criterion.limit else INSUFFICIENT
        return _result(criterion, None, interval, PASS if low >= criterion.limit else missed)
    _low, high = interval or (value, value)
    missed = FAIL if max(value, high) < criterion.limit else INSUFFICIENT
    return _result(criterion, value, interval, PASS if value >= criterion.limit else missed)


def at_most(criterion: Criterion, value: float | None, interval: Interval = None) -> dict[str, Any]:
    """Judge a number that must not be above the limit; see `at_least`."""
    if value is None:
        return _result(criterion, None, None, INSUFFICIENT)
    low, _high = interval or (value, value)
    missed = FAIL if min(value, low) > criterion.limit else INSUFFICIENT
    return _result(criterion, value, interval, PASS if value <= criterion.limit else missed)


def near_one(
    criterion: Criterion, value: float | None, interval: Interval = None, enough: bool = True
) -> dict[str, Any]:
    """Judge a number that is 1 where all is right, and may be as many times above 1 as below; see `at_least`."""
    if value is None or not enough:
        return _result(criterion, value, interval, INSUFFICIENT)
    low, high = interval or (value, value)
    missed = FAIL if low > criterion.limit or high < 1 / criterion.limit else INSUFFICIENT
    return _result(criterion, value, interval, PASS if 1 / criterion.limit <= value <= criterion.limit else missed)


def ratio_at_least(criterion: Criterion, ratio: float | None, interval: Interval, enough: bool) -> dict[str, Any]:
    """Judge a group's ratio to the reference group, for which 1 is parity.

    It fails if it is below the limit *and* its interval excludes parity, since a difference in small numbers may be
    chance (the four-fifths rule with statistical significance, 29 CFR 1607.4 D). Too few members (``enough`` is false)
    are never enough evidence, and neither is a ratio that is not defined.
    """
    if not enough or ratio is None:
        return _result(criterion, ratio, interval, INSUFFICIENT)
    missed = FAIL if interval and interval[1] < 1 else INSUFFICIENT
    return _result(criterion, ratio, interval, PASS if ratio >= criterion.limit else missed)


def unlikely_below(
    criterion: Criterion, ratio: float | None, interval: Interval, p_value: float | None
) -> dict[str, Any]:
    """Judge the ratio of one of many pairs of groups.

    It fails if it is below the limit *and* the p-value of parity, corrected for their number, is below 5%.
    """
    if ratio is None or p_value is None:
        return _result(criterion, ratio, interval, INSUFFICIENT)
    missed = FAIL if p_value < SIGNIFICANT else INSUFFICIENT
    return _result(criterion, ratio, interval, PASS if ratio >= criterion.limit else missed)


def unshown(criteria: Mapping[str, Mapping[str, Any]], names: Collection[str]) -> dict[str, Any]:
    """Take the number and its interval out of some criteria, for privacy; what was judged stays."""
    secret = {"value": None, "low": None, "high": None}
    return {name: {**criterion, **secret} if name in names else dict(criterion) for name, criterion in criteria.items()}


def known_result(result: object) -> str:
    """Return one of the three results; raise ValueError if it is none."""
    if result not in (PASS, FAIL, INSUFFICIENT):
        raise ValueError(f"no result of a criterion: {result!r}")
    return str(result)


def failed(criterion: Criterion) -> dict[str, Any]:
    """Fail a criterion for which there is no number."""
    return _result(criterion, None, None, FAIL)


def within(criterion: Criterion, value: float | None, interval: Interval, enough: bool) -> dict[str, Any]:
    """Judge a number whose distance from 0 must not be above the limit; see `at_least` and `ratio_at_least`."""
    if not enough or value is None:
        return _result(criterion, value, interval, INSUFFICIENT)
    low, high = interval or (value, value)
    missed = FAIL if low > criterion.limit or high < -criterion.limit else INSUFFICIENT
    return _result(criterion, value, interval, PASS if abs(value) <= criterion.limit else missed)


def stops(criterion: Mapping[str, Any]) -> bool:
    """Say whether a criterion, as it stands in gate.json, stops a release."""
    return criterion["result"] in _STOPPING[criterion["blocks"]]


def may_stop(criterion: Mapping[str, Any]) -> bool:
    """Say whether any result of a criterion would stop a release."""
    return bool(_STOPPING[criterion["blocks"]])


def verdict(criteria: Mapping[str, Mapping[str, Any]]) -> str:
    """Return ``pass``, or ``blocked`` if one of the criteria stops a release."""
    return "blocked" if any(stops(criterion) for criterion in criteria.values()) else PASS


def stopping(criteria: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a line for each criterion that stops a release: its name, the number, its interval and the limit."""
    return [f"{name} {numbers(criteria[name])}" for name in sorted(criteria) if stops(criteria[name])]


def numbers(criterion: Mapping[str, Any]) -> str:
    """Write the number, its interval and the limit of a criterion."""
    value, low, high = (criterion.get(key) for key in ("value", "low", "high"))
    between = "" if low is None else f" ({low:.4f} to {high:.4f})"
    unsure = ", not enough evidence" if criterion["result"] == INSUFFICIENT else ""
    return f"{'-' if value is None else format(value, '.4f')}{between}, limit {criterion['limit']:g}{unsure}"


def _result(criterion: Criterion, value: float | None, interval: Interval, result: str) -> dict[str, Any]:
    low, high = interval or (None, None)
    shown = {"value": value, "low": low, "high": high}
    return {**shown, "limit": criterion.limit, "blocks": criterion.blocks, "result": result}
