"""What is given to make on its command line is a name and never a command."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clones import Repository

ROOT = Path(__file__).parents[1]
HOSTILE = ["v1.0.0; touch ran", "$$(touch ran)", "$(shell touch ran)", "`touch ran`", '"; touch ran; "', "| touch ran"]


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    return Repository(tmp_path)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("target", "variable", "place"),
    [
        ("verify", "TAGS", "argument"),
        ("verify", "TAGS", "environment"),
        ("notes", "TAG", "argument"),
        ("pr-report", "BASE", "argument"),
        ("pr-report", "BASE", "environment"),
    ],
)
def test_a_value_is_not_run(folder, target, variable, place, value):
    command = ["make", "-o", ".venv/pipeline", target]  # the environment is there already: this one
    command += [f"{variable}={value}"] if place == "argument" else []
    environment = folder.environment | ({variable: value} if place == "environment" else {})
    done = subprocess.run(command, cwd=folder.folder, env=environment, capture_output=True, text=True)
    assert done.returncode
    assert not folder.path("ran").exists()


ARRIVES = {
    "verify TAGS=v1.0.0 v*": "[verify][--][v1.0.0][v*]",
    "notes TAG=v1$x": "[notes][--][v1$x]",
    "pr-report": "[pr-report][--]",
    "pr-report BASE=a b": "[pr-report][--][a b]",
}


def test_a_name_arrives_as_it_is(folder):
    programs = folder.path(".venv/bin")
    programs.mkdir(parents=True)
    (programs / "takeback").write_text('#!/bin/sh\nprintf "[%s]" "$@"\n')
    (programs / "takeback").chmod(0o755)
    for command, expected in ARRIVES.items():
        target, _, value = command.partition(" ")
        printed = folder.run("make", "-s", "-o", ".venv/pipeline", target, *([value] if value else []))
        assert printed.splitlines()[-1].endswith(expected)


def test_actions_are_pinned_by_their_commit():
    lines = [line for path in (ROOT / ".github/workflows").glob("*.yml") for line in path.read_text().splitlines()]
    used = [line for line in lines if "uses:" in line]
    assert used
    assert [line for line in used if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)] == []
