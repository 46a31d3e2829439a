import math
import operator
from functools import reduce

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from takeback.data.expressions import ExpressionError, check_names, evaluate, names, parse

HOMES = ("own", "rent", "free")
KNOWN = {"a": None, "b": None, "home": HOMES}
NAN = math.nan


def any_missing(rule):
    return lambda *values: NAN if any(map(math.isnan, values)) else rule(*values)


def true(value):
    return value != 0 and not math.isnan(value)


# The language once more, for one row of Python floats: an oracle that shares no code with the implementation.
RULES = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: NAN if b == 0 else a / b,
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a < b or a > b),
    "and": lambda a, b: float(true(a) and true(b)),
    "or": lambda a, b: float(true(a) or true(b)),
    "not": lambda a: float(not true(a)),
    "neg": operator.neg,
    "abs": abs,
    "missing": lambda a: float(math.isnan(a)),
    "where": lambda condition, yes, no: yes if true(condition) else no,
    "min": any_missing(lambda *values: min(values)),
    "max": any_missing(lambda *values: max(values)),
    "sum": lambda *values: reduce(operator.add, values),
    "mean": lambda *values: reduce(operator.add, values) / len(values),
}
INFIX = ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or")


def oracle(tree, row):
    head, *parts = tree
    if head == "column":
        return row[parts[0]]
    if head == "number":
        return float(parts[0])
    if head == "level":
        known = not math.isnan(row["home"])
        return float(known and RULES[parts[0]](row["home"], HOMES.index(parts[1])))
    return RULES[head](*(oracle(part, row) for part in parts))


def text_of(tree):
    head, *parts = tree
    if head in ("column", "number"):
        return str(parts[0])
    if head == "level":
        return f"(home {parts[0]} {parts[1]!r})"
    inner = [text_of(part) for part in parts]
    if head in INFIX:
        return f"({inner[0]} {head} {inner[1]})"
    if head in ("not", "neg"):
        return f"({head} {inner[0]})".replace("neg ", "-")
    return f"{head}({', '.join(inner)})"


def larger(tree):
    several = st.lists(tree, min_size=1, max_size=4)
    return st.one_of(
        st.tuples(st.sampled_from(INFIX), tree, tree),
        st.tuples(st.sampled_from(["not", "neg", "abs", "missing"]), tree),
        st.tuples(st.just("where"), tree, tree, tree),
        st.tuples(st.sampled_from(["min", "max", "sum", "mean"]), several).map(lambda t: (t[0], *t[1])),
    )


LEAVES = st.one_of(
    st.tuples(st.just("column"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("number"), st.sampled_from([0, 1, 3, 0.1, 2.5, 1e308])),
    st.tuples(st.just("level"), st.sampled_from(["==", "!="]), st.sampled_from(HOMES)),
    st.just(("missing", ("column", "home"))),
)
TREES = st.recursive(LEAVES, larger, max_leaves=12)
NUMBERS = st.sampled_from([NAN, 0.0, -0.0, 1.0, -2.0, 0.1, 1e308]) | st.floats(allow_infinity=False)
ROWS = st.fixed_dictionaries({"a": NUMBERS, "b": NUMBERS, "home": st.sampled_from([0.0, 1.0, 2.0, NAN])})


def columns_of(rows):
    return {name: np.array([row[name] for row in rows]) for name in KNOWN}


def evaluated(text, rows):
    return evaluate(text, columns_of(rows), {"home": HOMES})


@settings(max_examples=300)
@given(TREES, st.lists(ROWS, min_size=1, max_size=12))
def test_every_row_has_the_value_that_the_oracle_gives(tree, rows):
    values = [oracle(tree, row) for row in rows]
    expected = [value if abs(value) < 3.4028235677973366e38 else NAN for value in values]
    np.testing.assert_array_equal(evaluated(text_of(tree), rows), expected)


@given(TREES, st.lists(ROWS, min_size=2, max_size=40))
def test_a_row_alone_has_the_bits_it_has_in_a_batch(tree, rows):
    text = text_of(tree)
    alone = b"".join(evaluated(text, [row]).tobytes() for row in rows)
    assert evaluated(text, rows).tobytes() == alone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + 1", [2, NAN, 1]),
        ("1 / a", [1, NAN, NAN]),
        ("1 / a > 0", [1, 0, 0]),
        ("a != 1", [0, 0, 1]),
        ("a == a", [1, 0, 1]),
        ("0 < a <= 1", [1, 0, 0]),
        ("1e308 * 10", [NAN, NAN, NAN]),
        ("missing(a)", [0, 1, 0]),
        ("where(missing(a), -1, a)", [1, -1, 0]),
        ("max(a, 0.5)", [1, NAN, 0.5]),
        ("7", [7, 7, 7]),
    ],
)
def test_missing_values_are_as_documented(text, expected):
    np.testing.assert_array_equal(evaluate(text, {"a": np.array([1.0, NAN, 0.0])}), expected)


HOSTILE = [
    *("", " ", "a b", "import os", "a; b", "a = 1", "\0", "\ud800", "1" * 5000, "(" * 1000 + "a" + ")" * 1000),
    *("__import__('os')", "a.__class__", "a.b", "().__class__", "__builtins__", "eval('a')", "print(a)", "abs(a)(b)"),
    *("lambda: a", "[a for a in b]", "{a for a in b}", "{a: b}", "(a, b)", "[a]", "a[0]", "a[0:1]", "a if b else a"),
    *("a ** 2", "a // 2", "a % 2", "a @ b", "a & b", "a | b", "a ^ b", "a << 1", "a is b", "a in b", "~a", "+a"),
    *("(a := 1)", "f'{a}'", "f''", "True", "None", "b'x'", "1j", "...", "await a", "(yield)", "*a"),
    *(
        "abs(x=a)",
        "min(a, x=b)",
        "min(*a)",
        "min(a, *b)",
        "min(**a)",
        "min()",
        "abs(a, b)",
        "where(a, b)",
        "missing()",
        "min",
        "os",
        "'text'",
    ),
    *("-" * 2000 + "a", "not " * 2000 + "a", "+".join("a" * 2000), "-" * 10_000 + "a", "1" + "0" * 400),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_what_is_outside_the_language_is_refused(text):
    with pytest.raises(ExpressionError):
        check_names(text, KNOWN)


@settings(max_examples=300)
@given(st.text("ab0.1 ()+-*/<=>!,'\"[]{}:_;\n\\#%&@~ǌé", max_size=30) | st.text(max_size=30))
@example("home == 'own'")
def test_any_text_is_an_expression_or_an_expression_error(text):
    try:
        check_names(text, KNOWN)
    except ExpressionError as error:
        assert str(error)
    else:
        assert evaluated(text, [{"a": 1.0, "b": NAN, "home": 0.0}]).shape == (1,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("home == 'tent'", "home has no level 'tent'; it has own, rent, free"),
        ("home + 1", "home is a category"),
        ("max(home, 1)", "home is a category"),
        ("home < 'rent'", "== and != only"),
        ("home == 'own' < 'rent'", "== and != only"),
        ("home == 1", "one of its levels, as text"),
        ("home == a", "one of its levels, as text"),
        ("a == 'own'", "the text 'own' can only be compared"),
        ("a + zip", "reads zip, which is not a column"),
        ("sqrt(a)", "sqrt() is not allowed; expected numbers, columns"),
        ("abs(a, b)", "abs() takes 1 value(s), not 2"),
    ],
)
def test_a_refusal_says_what_is_wrong(text, words):
    with pytest.raises(ExpressionError) as error:
        check_names(text, KNOWN)
    assert words in str(error.value)


def test_names_are_the_columns_and_not_the_functions():
    assert names("max(a, where(home == 'own', b, 0))") == {"a", "b", "home"}


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="`\n", exclude_categories=("Cs",)), min_size=1, max_size=12
)


@given(
    st.lists(NAMES | st.sampled_from(["30-59 days", "monthly income €", "class", "_0", "__0"]), min_size=2, max_size=2)
)
def test_any_name_can_be_read_in_backticks(pair):
    a, b = pair
    text = f"`{a}` * 10 + where(missing(`{b}`), 0, `{b}`)"
    assert names(text) == {a, b}
    np.testing.assert_array_equal(evaluate(text, {a: np.ones(2), b: np.ones(2)}), [11, 11])


@pytest.mark.parametrize("text", ["`a", "``", "`a`b", "`a`2", "`abs`(1)", "2`a`", "'`a`' + 1"])
def test_backticks_hold_a_whole_name(text):
    with pytest.raises(ExpressionError):
        evaluate(text, {"a": np.ones(1)})


def test_backticks_inside_a_text_are_text():
    assert evaluate("`my plan` == 'the `b` one'", {"my plan": np.zeros(1)}, {"my plan": ["the `b` one"]}) == [1]


@pytest.mark.parametrize(("text", "expected"), [("a * 2", NAN), ("a / 10", 3e37), ("a < a * 2", 1)])
def test_what_no_float32_holds_is_missing(text, expected):
    np.testing.assert_array_equal(evaluate(text, {"a": np.array([3e38])}), [expected])


@pytest.mark.parametrize("text", ["a" + ".b" * 600, "a" + "()" * 900, "a" + "[0]" * 600, "a" + ".b" * 900 + "(1)"])
def test_what_is_too_deep_to_be_written_is_refused(text):
    with pytest.raises(ExpressionError, match="is not allowed"):
        parse(text)
