"""What a pull request must meet, and how it reads."""

from types import SimpleNamespace

import pytest

from takeback.compare.pull_request import Check, gate_check, lock_check, page, rebuild_check, settings_check

DIFFERENCE = "## main -> this change\n"


def row(path, identical):
    return SimpleNamespace(path=path, identical=identical)


def criterion(result, blocks, value=0.7):
    return {"value": value, "limit": 0.8, "blocks": blocks, "result": result}


def test_all_is_well():
    gate = {"verdict": "pass", "criteria": {"min_auc": criterion("pass", True)}}
    checks = [settings_check(None), lock_check([]), rebuild_check([row("a", True)]), gate_check(gate)]
    assert all(check.passed for check in checks)
    text = page(checks, DIFFERENCE)
    assert text.startswith("## Takeback report: all checks passed\n")
    assert "| gate | passed | pass |" in text
    assert text.endswith(DIFFERENCE)


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (settings_check("params.yaml: is not what conf/ composes."), "is not what conf/ composes"),
        (lock_check(["select: params: features.bins"]), "stale: select: params: features.bins. Run `dvc repro`"),
        (rebuild_check([row("a", True), row("b", False)]), "1 of 2 outputs differ from dvc.lock: b"),
        (gate_check({"verdict": "blocked", "criteria": {"min_auc": criterion("fail", True)}}), "min_auc 0.7000"),
        (gate_check({"verdict": "blocked", "criteria": {"r": criterion("fail", True, None)}}), "r -, limit 0.8"),
    ],
)
def test_each_failure_is_named_and_fails_the_whole(check, found):
    assert not check.passed
    assert found in check.found
    text = page([Check("other", True, "fine"), check], DIFFERENCE)
    assert text.startswith("## Takeback report: not to be merged as it is\n")
    assert f"| {check.name} | **failed** |" in text


def test_a_criterion_that_does_not_block_does_not_fail():
    assert gate_check({"verdict": "pass", "criteria": {"min_auc": criterion("fail", False)}}).passed


def test_a_long_list_is_cut_and_a_table_stays_a_table():
    check = rebuild_check([row(f"file {i} | odd", False) for i in range(30)])
    assert "and 20 more" in check.found
    text = page([check, Check("x", False, "two\nlines")], DIFFERENCE)
    assert "two<br>lines" in text
    assert "file 3 \\| odd" in text
