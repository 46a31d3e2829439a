"""Every test can fail: it asserts something, and not only in a loop or a branch that may be passed by."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CHECKS = ("assert", "check", "raises", "warns", "refuse")  # how a function that checks begins
BRANCHES = (ast.If, ast.For, ast.While)


def functions_of(text: str) -> Iterator[ast.FunctionDef]:
    """Yield the test functions of a file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node


def always_checks(body: list[ast.stmt]) -> bool:
    """Say whether a block checks something whenever it runs."""
    return any(_checks(statement) for statement in body)


def _checks(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assert():
            return True
        case ast.FunctionDef() | ast.ClassDef():
            return False
        case ast.For(iter=values, body=body):
            return _never_empty(values) and always_checks(body)
        case ast.If(body=body, orelse=otherwise):
            return always_checks(body) and always_checks(otherwise)
        case ast.While():
            return False
        case ast.With(items=items, body=body):
            return any(_is_check(item.context_expr) for item in items) or always_checks(body)
        case ast.Try(body=body, handlers=handlers, finalbody=last):
            return always_checks(last) or (always_checks(body) and all(always_checks(h.body) for h in handlers))
        case ast.Expr():  # what a call returns is no check
            return _is_check(statement)
    return False


def _never_empty(values: ast.expr) -> bool:
    """Say whether a loop is over something that is written out, or over a constant by its name."""
    match values:
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Dict(keys=[_, *_]):
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="items" | "values")):
            return name.isupper()
        case ast.Call(func=ast.Name(id="range"), args=[*_, ast.Constant()]):
            return True
    return False


def _is_check(node: ast.AST) -> bool:
    """Say whether a call has the name of a check: ``pytest.raises``, ``check_...``, ``assert_...``."""
    calls = [ast.unparse(of.func).rpartition(".")[2] for of in ast.walk(node) if isinstance(of, ast.Call)]
    return any(name.lstrip("_").startswith(CHECKS) for name in calls)


FILES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("name", FILES)
def test_every_test_can_fail(name):
    text = (TESTS / name).read_text(encoding="utf-8")
    assert [f"{name}:{test.lineno} {test.name}" for test in functions_of(text) if not always_checks(test.body)] == []


@pytest.mark.parametrize(
    ("body", "can_fail"),
    [
        ("f()", False),
        ("for x in found: assert x", False),
        ("for x in (): assert x", False),
        ("for x in (1, 2): assert x", True),
        ("for x in range(n): assert x", False),
        ("if found: assert found", False),
        ("assert found\n    for x in found: assert x", True),
        ("with pytest.raises(ValueError): f()", True),
        ("def inner(): assert x", False),
        ("expected = expected_of(found)", False),
        ("checked = check_found(found)", False),
        ("check_found(found)", True),
    ],
)
def test_a_test_that_cannot_fail_is_found(body, can_fail):
    (test,) = functions_of(f"def test_it():\n    {body}\n")
    assert always_checks(test.body) is can_fail
