import math

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from takeback.data.cells import text_of
from takeback.data.fields import Column
from takeback.data.tables import read_table
from takeback.data.validation import any_broken, explain, read_column, read_columns

MISSING = ("", "-999")
TEXTS = ["1", "2.5", " 3 ", "+7", "7.", ".5", "1e1", "-5", "101", "-999", "-999.0", "", "  ", None, "abc", "1,5", "1 2"]
ODD = [
    "inf",
    "-Infinity",
    "nan",
    "NaN",
    "1e999",
    "1_0",
    "0x1",
    "\u0661",
    "1e",
    "-",
    "e5",
    "None",
    "true",
    "\u00a04\u3000",
]
CELLS = st.sampled_from(TEXTS + ODD) | st.floats().map(repr) | st.text("0123456789+-.eE aN", max_size=6)
NUMBER = st.builds(Column, type=st.just("number"), min=st.just(0), max=st.just(100), optional=st.booleans())


def number_of(cell):
    """Plain Python's answer: a number, None where missing, or a ValueError."""
    cell = (cell or "").strip()
    if cell in MISSING:
        return None
    if set(cell) - set("0123456789+-.eE") or not math.isfinite(float(cell)):
        raise ValueError(cell)
    return None if float(cell) == -999 else float(cell)


def expected_number(column, cell):
    try:
        value = number_of(cell)
    except ValueError:
        return None, True
    if value is None:
        return None, not column.optional
    return value, not 0 <= value <= 100


def read(column, cells):
    column = column.model_copy(update={"missing": MISSING})
    numbers, violations = read_column("x", column, cells)
    return numbers, any_broken(violations, len(cells)).tolist()


@settings(max_examples=200)
@example(Column(type="number", min=0, max=100, optional=True), ["nan", "1"], "string")
@given(NUMBER, st.lists(CELLS, min_size=1, max_size=12), st.sampled_from(["string", "large_string", "dictionary"]))
def test_numbers_in_text_are_read_as_plain_python_reads_them(column, cells, kind):
    array = pa.array(cells, pa.string())
    array = array.dictionary_encode() if kind == "dictionary" else array.cast(kind)
    numbers, broken = read(column, array)
    expected = [expected_number(column, cell) for cell in cells]
    assert broken == [is_broken for _, is_broken in expected]
    for number, (value, is_broken) in zip(numbers, expected, strict=True):
        assert is_broken or number == value or (math.isnan(number) and value is None)


INTEGERS = st.sampled_from([-999, -1, 0, 50, 100, 101, 2**53 + 1, -(2**63)]) | st.integers(-1000, 200)


@given(NUMBER, st.lists(st.none() | INTEGERS))
def test_integers_mean_the_same_in_every_type(column, values):
    text = [None if value is None else str(value) for value in values]
    floats = [None if value is None else float(value) for value in values]
    expected = [expected_number(column, cell)[1] for cell in text]
    for array in (pa.array(values, pa.int64()), pa.array(floats, pa.float64()), pa.array(text, pa.string())):
        assert read(column, array)[1] == expected
    assert read(column, pa.array(text, pa.string()).dictionary_encode())[1] == expected


def test_what_is_not_finite_is_broken_without_limits_too():
    for cells in (["inf", "1e999", "2"], [np.inf, -np.inf, 2.0]):
        assert read(Column(type="number"), pa.array(cells))[1] == [True, True, False]


def test_what_is_no_number_by_its_type_is_broken():
    times = pa.array([0, None], pa.timestamp("s"))
    assert read(Column(type="number", optional=True), times)[1] == [True, False]


@given(NUMBER, st.lists(st.floats(), min_size=1))
def test_floats_must_be_finite_and_in_range(column, values):
    expected = [not column.optional if math.isnan(v) or v == -999 else not 0 <= v <= 100 for v in values]
    assert read(column, pa.array(values, pa.float64()))[1] == expected


@given(
    st.booleans(), st.lists(st.sampled_from(["1", "2", " 1 ", "3", "one", "", " ", "-999", None, "1.0"]), min_size=1)
)
def test_categories_are_known_missing_or_broken(optional, cells):
    column = Column(type="category", levels={"1": "one", "2": "two"}, optional=optional)
    trimmed = [(cell or "").strip() for cell in cells]
    for array in (pa.array(cells, pa.string()), pa.array(cells, pa.string()).dictionary_encode()):
        numbers, broken = read(column, array)
        assert broken == [not optional if cell in MISSING else cell not in ("1", "2", "1.0") for cell in trimmed]
        assert [int(n) for n in numbers if n == n] == [int(cell[0]) - 1 for cell in trimmed if cell[:1] in ("1", "2")]


@pytest.mark.parametrize("cells", [[1, 2], [1.0, 2.0], ["1", "2"], pa.array([1.0, 2.0]).dictionary_encode()])
def test_a_category_of_numbers_is_the_same_in_every_type(cells):
    numbers, broken = read(
        Column(type="category", levels=["2", "1"]), cells if isinstance(cells, pa.Array) else pa.array(cells)
    )
    assert (numbers.tolist(), broken) == ([1, 0], [False, False])


@given(
    st.lists(st.tuples(st.none() | st.floats(-1, 120) | st.sampled_from([18, 100]), st.sampled_from("abc")), min_size=1)
)
def test_broken_rows_are_those_that_pandera_finds(rows):
    frame = pd.DataFrame(rows, columns=["age", "home"]).astype({"age": float})
    schema = pandera.DataFrameSchema(
        {
            "age": pandera.Column(float, pandera.Check.in_range(18, 100)),
            "home": pandera.Column(str, pandera.Check.isin(["a", "b"])),
        }
    )
    try:
        schema.validate(frame, lazy=True)
        expected = set()
    except pandera.errors.SchemaErrors as error:
        expected = set(error.failure_cases["index"])
    _, age = read(Column(type="number", min=18, max=100), pa.array(frame["age"], from_pandas=True))
    _, home = read(Column(type="category", levels=["a", "b"]), pa.array(frame["home"], pa.string()))
    assert set(np.flatnonzero(np.logical_or(age, home))) == expected


def test_parquet_and_csv_say_the_same(tmp_path, taiwan, taiwan_rows):
    (tmp_path / "a.csv").write_text(taiwan_rows.to_pandas().to_csv(index=False), encoding="utf-8")
    typed = taiwan_rows.to_pandas().astype(int).drop(columns="SEX")
    typed["SEX"] = pd.Categorical(taiwan_rows["SEX"].to_pandas())
    pq.write_table(pa.Table.from_pandas(typed), tmp_path / "a.parquet")
    from_csv, _ = read_columns(taiwan, read_table(tmp_path / "a.csv"), taiwan.columns)
    from_parquet, broken = read_columns(taiwan, read_table(tmp_path / "a.parquet"), taiwan.columns)
    assert not broken
    for name in taiwan.columns:
        np.testing.assert_array_equal(from_csv[name], from_parquet[name])


def test_a_row_is_explained_with_every_broken_rule(taiwan, taiwan_rows):
    rows = taiwan_rows.to_pandas()
    rows.loc[3, ["AGE", "SEX", "PAY_0"]] = ["17", "9", "late"]
    table = pa.Table.from_pandas(rows, preserve_index=False)
    _, violations = read_columns(taiwan, table, taiwan.columns)
    assert explain(violations, table, 3) == (
        "SEX: found '9', expected one of 1, 2; AGE: found '17', expected at least 18; "
        "PAY_0: found 'late', expected a finite number"
    )
    assert np.flatnonzero(any_broken(violations, table.num_rows)).tolist() == [3]


def test_a_long_id_in_a_float_column_keeps_its_digits():
    assert text_of(pa.array([12345678901.0, None, float("nan")])).to_pylist() == ["12345678901", None, None]
    assert text_of(pa.array([1.5, 1e300])).to_pylist() == ["1.5", "1e+300"]
