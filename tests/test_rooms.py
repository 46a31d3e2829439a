"""The house: who reads a name should know which file or class is meant. `make check` holds the arrows between rooms."""

import ast
from collections import Counter

from tests.clones import ROOT

MODULES = [path for path in (ROOT / "src/takeback").rglob("*.py") if path.name != "__init__.py"]


def twice(names):
    return [name for name, count in Counter(names).items() if count > 1]


def test_no_two_files_have_one_name():
    assert len(MODULES) > 100
    assert twice(path.name for path in MODULES) == []


def test_no_two_public_classes_have_one_name():
    classes = [
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(classes) > 50
    assert twice(classes) == []


def test_a_command_is_in_the_file_of_its_name():
    from takeback.cli.app import app

    commands = {command.name or command.callback.__name__: command for command in app.registered_commands}
    wrong = {
        name: command.callback.__module__
        for name, command in commands.items()
        if command.callback.__module__ != f"takeback.cli.{name.replace('-', '_')}"
    }
    assert commands
    assert wrong == {}
