"""A small, safe expression language over columns: one code for a million rows and for one request.

Every operator is one that IEEE 754 rounds exactly (no log, exp or power), so a row gives the same bits alone,
in a batch, and on any processor. Missing values are NaN: arithmetic on a missing value is missing, a comparison
with one is false, as a condition it is false itself, and a division by zero is missing.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce

import numpy as np

Array = np.ndarray
Columns = Mapping[str, Array]
Levels = Mapping[str, Sequence[str]]

ARITHMETIC: dict[type, Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: lambda a, b: np.where(b == 0, np.nan, np.divide(a, b)),
}
COMPARISONS: dict[type, Callable[[Array, Array], Array]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    # NaN != x is true in IEEE arithmetic; here a comparison with a missing value is false.
    ast.NotEq: lambda a, b: (a != b) & ~np.isnan(a) & ~np.isnan(b),
}


def _total(*values: Array) -> Array:
    return reduce(np.add, values)


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "abs": np.abs,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "sum": _total,
    "mean": lambda *values: _total(*values) / len(values),
    "where": lambda condition, yes, no: np.asarray(np.where(_true(condition), yes, no)),
    "missing": np.isnan,
}
ARGUMENTS = {"abs": 1, "where": 3, "missing": 1}
MOST_SHOWN = 60
LANGUAGE = (
    "numbers, columns (`in backticks` if a name is no identifier), + - * /, < <= > >= == !=, and, or, not, "
    + ", ".join(f"{n}()" for n in FUNCTIONS)
)


# A text, which may hold backticks of its own, or a column in backticks.
QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`([^`\n]+)`""")


class ExpressionError(ValueError):
    """An expression uses something outside the language."""


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """Parse an expression and check that it stays inside the language.

    Parameters
    ----------
    text
        Python syntax, for example ``where(LIMIT > 0, BILL / LIMIT, 0)``. A column whose name is no identifier stands in
        backticks, as in pandas.

    Raises
    ------
    ExpressionError
        If the text is not an expression, or uses an operator or function that is not in `LANGUAGE`.
    """
    plain, quoted = _without_backticks(text)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"{text!r} is not an expression; expected {LANGUAGE}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = quoted.get(node.id, node.id)
        _check(node)
    return tree


def names(text: str) -> set[str]:
    """Return the columns that an expression reads."""
    tree = parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def evaluate(text: str, columns: Columns, levels: Levels | None = None) -> Array:
    """Evaluate an expression on columns of equal length.

    Parameters
    ----------
    text
        The expression.
    columns
        Arrays of shape (n,), float64, by name; a DataFrame will do. A category is the position of its level.
    levels
        The values of each category column, so that ``housing == "own"`` can be compared.

    Returns
    -------
    numpy.ndarray
        Shape (n,), float64; a condition gives 1.0 or 0.0, what is not finite as float32 is NaN: a model sees no more.
    """
    rows = len(columns[next(iter(columns))])
    with np.errstate(all="ignore"):
        value = np.asarray(_value(parse(text), columns, levels or {}), dtype=np.float64)
    value = np.where(beyond_float32(value), np.nan, value)
    return np.ascontiguousarray(np.broadcast_to(value, (rows,)))


def beyond_float32(values: Array) -> Array:
    """Return which values are infinite as float32, which is what models see."""
    with np.errstate(over="ignore"):
        return np.isinf(values.astype(np.float32))


def check_names(text: str, known: Mapping[str, Sequence[str] | None]) -> None:
    """Check every column and every compared level of an expression.

    Parameters
    ----------
    text
        The expression.
    known
        The columns it may read; a category with its levels, a number with None.
    """
    if unknown := sorted(names(text) - set(known)):
        raise ExpressionError(f"{text!r} reads {', '.join(unknown)}, which is not a column that it may read")
    levels = {name: values for name, values in known.items() if values is not None}
    try:
        evaluate(text, {name: np.zeros(1) for name in known} or {"": np.zeros(1)}, levels)
    except (RecursionError, OverflowError):
        raise ExpressionError(f"{text[:50]!r}... is nested too deeply or has too large a number") from None


def _without_backticks(text: str) -> tuple[str, dict[str, str]]:
    """Put an identifier that the text does not use for each name in backticks; return both."""
    prefix = "_"
    while prefix in text:
        prefix += "_"
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        quoted[identifier := f"{prefix}{len(quoted)}"] = match[2]
        return f"({identifier})"  # so that it touches nothing beside it

    return QUOTED.sub(stand_in, text), quoted


def _check(node: ast.AST) -> None:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else _written(node.func)[1:-1]
        if name not in FUNCTIONS or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise ExpressionError(f"{name}() is not allowed; expected {LANGUAGE}")
        if not node.args or len(node.args) != ARGUMENTS.get(name, len(node.args)):
            raise ExpressionError(f"{name}() takes {ARGUMENTS.get(name, 'at least 1')} value(s), not {len(node.args)}")
    elif isinstance(node, ast.Constant):
        if not isinstance(node.value, (int, float, str)) or isinstance(node.value, bool):
            raise ExpressionError(f"{node.value!r} is not allowed; expected {LANGUAGE}")
    elif not isinstance(node, _ALLOWED):
        raise ExpressionError(f"{_written(node)} is not allowed; expected {LANGUAGE}")


def _written(node: ast.AST) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:  # a deep one can be read, not written
        text = ""
    return repr(text[:MOST_SHOWN] or type(node).__name__)


_ALLOWED = (
    *(ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare),
    *(ast.And, ast.Or, ast.Not, ast.USub, *ARITHMETIC, *COMPARISONS),
)


def _value(node: ast.expr, columns: Columns, levels: Levels) -> Array:
    match node:
        case ast.Constant(value=str() as text):
            raise ExpressionError(f"the text {text!r} can only be compared (== or !=) with a category column")
        case ast.Constant(value=int() | float() as number):
            return _number(number)
        case ast.Name(id=name) if name in levels:
            raise ExpressionError(f"{name} is a category: it can only be compared (== or !=) with one of its levels")
        case ast.Name(id=name):
            return np.asarray(columns[name])
        case ast.BinOp():
            operator = ARITHMETIC[type(node.op)]
            return operator(_value(node.left, columns, levels), _value(node.right, columns, levels))
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, columns, levels)
        case ast.UnaryOp():
            return _number(~_true(_value(node.operand, columns, levels)))
        case ast.BoolOp():
            parts = [_true(_value(part, columns, levels)) for part in node.values]
            return _number(reduce(np.logical_and if isinstance(node.op, ast.And) else np.logical_or, parts))
        case ast.Compare():
            return _comparison(node, columns, levels)
        case ast.Call(func=ast.Name(id="missing"), args=[ast.Name(id=name)]):
            return _number(np.isnan(np.asarray(columns[name])))
        case ast.Call(func=ast.Name(id=name)):
            return _number(FUNCTIONS[name](*(_value(argument, columns, levels) for argument in node.args)))
    raise AssertionError(node)  # parse() let it through


def _comparison(node: ast.Compare, columns: Columns, levels: Levels) -> Array:
    sides = [node.left, *node.comparators]
    category = next((side.id for side in sides if isinstance(side, ast.Name) and side.id in levels), None)
    values = [_side(side, category, columns, levels) for side in sides]
    if category and not all(isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops):
        raise ExpressionError(f"{category} is a category: it can be compared with == and != only")
    pairs = zip(node.ops, values[:-1], values[1:], strict=True)
    return _number(reduce(np.logical_and, (COMPARISONS[type(op)](a, b) for op, a, b in pairs)))


def _side(side: ast.expr, category: str | None, columns: Columns, levels: Levels) -> Array:
    if category is None:
        return _value(side, columns, levels)
    if isinstance(side, ast.Name) and side.id == category:
        return np.asarray(columns[category])
    if not isinstance(side, ast.Constant) or not isinstance(side.value, str):
        raise ExpressionError(f"{category} is a category: it can only be compared with one of its levels, as text")
    if side.value not in levels[category]:
        raise ExpressionError(f"{category} has no level {side.value!r}; it has {', '.join(levels[category])}")
    return _number(list(levels[category]).index(side.value))


def _true(value: Array) -> Array:
    return np.asarray((value != 0) & ~np.isnan(value))


def _number(value: Array | float) -> Array:
    return np.asarray(value, dtype=np.float64)
