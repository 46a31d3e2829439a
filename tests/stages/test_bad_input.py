"""Bad input ends with exit code 1 and one message that says what, where and what was expected."""

import subprocess
import sys

import pytest
import yaml

from tests.clones import copy_repository, keep_rows

SOURCE = "data/source/taiwan_default.csv"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    made = copy_repository(tmp_path_factory.mktemp("bad input"))
    keep_rows(made, 1500)
    return made


@pytest.fixture
def lines(repository):
    source = repository.path(SOURCE)
    whole = source.read_text()
    yield whole.splitlines(keepends=True)
    source.write_text(whole)


@pytest.fixture
def params(repository):
    path = repository.path("params.yaml")
    whole = path.read_text()
    yield yaml.safe_load(whole)
    path.write_text(whole)


def stage(repository, name):
    """Run a stage as DVC would; return its message."""
    command = [sys.executable, "src/stage.py", name]
    done = subprocess.run(command, cwd=repository.folder, env=repository.environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    return done.stderr


def without_column(lines, name):
    position = lines[0].rstrip().split(",").index(name)
    return [",".join(c for i, c in enumerate(line.rstrip().split(",")) if i != position) + "\n" for line in lines]


def with_cell(lines, row, name, value):
    cells = lines[row].rstrip("\n").split(",")
    cells[lines[0].rstrip("\n").split(",").index(name)] = value
    return [*lines[:row], ",".join(cells) + "\n", *lines[row + 1 :]]


def many(lines, name, value):
    for row in range(10, 30):
        lines = with_cell(lines, row, name, value)
    return lines


FILES = {
    "missing column": (lambda x: without_column(x, "PAY_2"), ["'PAY_2' is not there"]),
    "extra column": (lambda x: extra(x), ["'branch' is not in"]),
    "column twice": (lambda x: [x[0].replace("PAY_3", "PAY_2"), *x[1:]], ["'PAY_2' is there twice", "'PAY_3'"]),
    "wrong type": (lambda x: many(x, "AGE", "old"), ["AGE", "'old'", "a finite number", "row 10"]),
    "unknown category": (lambda x: many(x, "SEX", "3"), ["SEX", "'3'", "one of 1, 2"]),
    "out of range": (lambda x: many(x, "PAY_0", "12"), ["PAY_0", "'12'", "at most 9"]),
    "duplicate id": (lambda x: many(x, "ID", "5"), ["ID", "'5'", "an id that no earlier row has"]),
    "missing target": (lambda x: many(x, "default payment next month", ""), ["default payment", "a value"]),
    "empty file": (lambda x: [], ["the file is empty"]),
    "only a header": (lambda x: x[:1], ["found 0 rows", "expected at least 1000"]),
    "cut off between rows": (lambda x: x[:500], ["found 499 rows", "cut off"]),
    "cut off in a row": (lambda x: [*x[:-1], x[-1][:20]], [", line ", "expected 25 as in the header", "cut off"]),
}


def extra(lines):
    return [lines[0].rstrip("\n") + ",branch\n", *(line.rstrip("\n") + ",7\n" for line in lines[1:])]


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("name", ["configure", "ingest"])
def test_a_bad_source_file(repository, lines, case, name):
    change, expected = FILES[case]
    repository.path(SOURCE).write_text("".join(change(lines)))
    message = stage(repository, name)
    assert message.startswith(f"error: {SOURCE}")
    assert [text for text in expected if text not in message] == []


def derived(params, expression):
    params["data"]["derived"]["planted"] = {"expression": expression}


CONFIGS = {
    "protected feature": (lambda p: derived(p, "AGE / 2"), ["data.derived.planted.expression", "protected"]),
    "leaking feature": (
        lambda p: (p["data"]["columns"]["PAY_6"].update(role="after_decision"), derived(p, "PAY_6 + 1")),
        ["PAY_6", "after_decision"],
    ),
    "misspelt key": (
        lambda p: p["policy"].update(review_costs=1),
        ["policy.review_costs", "did you mean review_cost?"],
    ),
    "value out of range": (lambda p: p["split"].update(test=1.5), ["split.test", "found 1.5", "less than 1"]),
    "wrong type": (lambda p: p["model"]["forest"].update(trees="many"), ["model.forest.trees", "found 'many'"]),
    "contract names a column that is not there": (
        lambda p: p["data"]["columns"].update(salary={"type": "number"}),
        ["salary"],
    ),
    "unknown excluded feature": (lambda p: p["features"].update(exclude=["SEX"]), ["features.exclude", "'SEX'"]),
    "missing section": (lambda p: p.pop("gate"), ["gate: required key"]),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_bad_configuration(repository, params, case):
    change, expected = CONFIGS[case]
    change(params)
    repository.path("params.yaml").write_text(yaml.safe_dump(params))
    message = stage(repository, "ingest")
    assert [text for text in expected if text not in message] == []


def test_a_few_bad_rows_are_quarantined_with_the_reason(repository, lines):
    changed = with_cell(with_cell(lines, 7, "SEX", "x"), 9, "PAY_0", "99")
    params = repository.path("params.yaml")
    before = params.read_text()
    params.write_text(before.replace("max_share: 0.001", "max_share: 0.01"))
    repository.path(SOURCE).write_text("".join(changed))
    repository.run(sys.executable, "src/stage.py", "ingest")
    params.write_text(before)
    quarantine = repository.path("data/quarantine.csv").read_text().splitlines()
    assert len(quarantine) == 3
    assert quarantine[1].startswith("7,\"SEX: found 'x', expected one of 1, 2\"")
    assert quarantine[2].startswith("9,\"PAY_0: found '99', expected at most 9\"")
