"""The command line as a person uses it: help with an example, exit codes, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

import takeback.cli
from takeback.cli.app import app
from tests.clones import copy_repository, keep_rows

BIN = Path(sys.executable).parent
COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands]

OUTSIDE = [
    "summary",
    "gate",
    "tune",
    "environments",
    "trend",
    "release",
    "track v1.0.0",
    "diff v1.0.0",
    "verify v1.0.0",
    "check",
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    made = copy_repository(tmp_path_factory.mktemp("cli"))
    keep_rows(made, 1500)
    return made


def takeback(*arguments, folder=None):
    return subprocess.run([BIN / "takeback", *arguments], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command):
    printed = takeback(command, "--help").stdout
    assert f"Example:\n    takeback {command}" in printed


def test_help_lists_every_command():
    printed = takeback("--help").stdout
    assert [name for name in COMMANDS if name not in printed] == []


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["compose"], 1, "not inside a repository of Takeback"),
        (["score", "in.csv", "out.csv"], 1, "cd to one, or give --release FOLDER"),
        (["score", "in.csv", "out.csv", "--release", "nowhere"], 1, "nowhere: holds no release"),
        *((command.split(), 1, "not inside a repository of Takeback") for command in OUTSIDE),
        (["frobnicate"], 2, "No such command"),
        (["stages"], 2, "No such command"),  # a stage is DVC's; where a release runs is an environment
        (["score", "one"], 2, "Missing argument"),
    ],
)
def test_a_mistake_is_one_message(tmp_path, arguments, code, expected):
    done = takeback(*arguments, folder=tmp_path)
    assert done.returncode == code
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_compose_writes_and_check_compares(repository):
    repository.run("takeback", "compose", "--check")
    assert "expected no overrides" in repository.run("takeback", "compose", "--check", "data=german", fails=True)
    repository.run("takeback", "compose", "policy.review_cost=0.02")
    assert "review_cost: 0.02" in repository.path("params.yaml").read_text()
    assert "-  review_cost: 0.02" in repository.run("takeback", "compose", "--check", fails=True)
    repository.run("takeback", "compose")
    assert repository.run("git", "status", "--porcelain", "params.yaml") == ""


@pytest.mark.long
def test_tune_resumes_and_writes_a_config_that_composes(repository):
    repository.run("dvc", "repro", "--quiet", "select")
    repository.run("takeback", "tune", "--trials", "2")
    first = repository.path("conf/model/xgboost/tuned.yaml").read_text()
    assert first.startswith("# Written by `takeback tune`: the best of 2 trials")
    assert "100%" in repository.run("takeback", "tune", "--trials", "2")
    assert repository.path("conf/model/xgboost/tuned.yaml").read_text() == first
    repository.run("takeback", "tune", "--trials", "3")
    assert "best of 3 trials" in repository.path("conf/model/xgboost/tuned.yaml").read_text()
    repository.run("takeback", "compose", "model/xgboost=tuned")
