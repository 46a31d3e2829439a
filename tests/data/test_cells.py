"""The same values, written as CSV and as Parquet in any type that can hold them, are read alike."""

import csv
import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takeback.data.cells import canonical, dates_of, numbers_of, text_of
from takeback.data.fields import Column
from takeback.data.ids import Seen, read_ids
from takeback.data.tables import read_table
from takeback.data.validation import any_broken, read_column

INTEGERS = ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]
TEXTS = ["string", "large_string", "string_view", "dictionary"]
SMALL = st.none() | st.integers(0, 127)
FRACTIONS = (
    st.none() | st.sampled_from([0.0, -0.0, 0.1, 2.5, 1e-7, 0.3333333333333333]) | st.floats(-1e4, 1e4, width=16)
)
EXACT_WHOLE = {"float16": 2**11, "float32": 2**24, "float64": 2**53}


def type_of(kind):
    return pa.dictionary(pa.int32(), pa.string()) if kind == "dictionary" else getattr(pa, kind)()


def written(values, kind):
    """Write a column both ways and return what is read."""
    with tempfile.TemporaryDirectory() as folder:
        return _written(Path(folder), values, kind)


def in_csv(value):
    """Write a cell as Python and pandas do; NumPy alone writes 1000 as 1e+03 if it is a float16."""
    whole = isinstance(value, np.floating) and abs(float(value)) < 2**53 and value == np.trunc(value)
    return "" if value is None else str(float(value) if whole else value)


def _written(folder, values, kind):
    scalar = {"float16": np.float16, "float32": np.float32, "float64": np.float64}.get(kind)
    typed = [v if v is None or scalar is None else scalar(v) for v in values]
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["x", "y"], *([in_csv(v), "y"] for v in typed)])
    pq.write_table(
        pa.table({"x": array(typed, type_of(kind) if isinstance(kind, str) else kind), "y": ["y"] * len(values)}),
        folder / "t.parquet",
    )
    return [read_table(folder / name)["x"] for name in ("t.csv", "t.parquet")]


def array(values, kind):
    """Return an Arrow array; of instants by way of UTC, since Arrow reads a zoneinfo clock wrongly beside pandera."""
    if not pa.types.is_timestamp(kind) or not kind.tz:
        return pa.array(values, kind)
    instants = [value.astimezone(dt.UTC).replace(tzinfo=None) for value in values]
    return pa.array(instants, pa.timestamp(kind.unit)).cast(kind)


def both(results):
    """Return the two readings as something that can be compared: values, and which rows are broken."""
    comparable = []
    for values, violations in results:
        shown = values.to_pylist() if isinstance(values, pa.Array) else [repr(v) for v in values.tolist()]
        comparable.append((shown, any_broken(violations, len(shown)).tolist()))
    return comparable


@pytest.mark.parametrize("kind", INTEGERS)
@settings(max_examples=25)
@given(values=st.lists(SMALL | st.integers(-(2**70), 2**70), min_size=1, max_size=8))
def test_ids_are_the_same_from_every_type_of_number(kind, values):
    limit = EXACT_WHOLE.get(kind) or np.iinfo(kind).max + 1
    lowest = -limit + 1 if kind in EXACT_WHOLE else np.iinfo(kind).min
    values = [v for v in values if v is None or lowest <= v < limit]
    columns = written(values, kind)
    csv_ids, parquet_ids = both(read_ids("x", column, (), Seen()) for column in columns)
    assert csv_ids == parquet_ids
    assert csv_ids[0] == [None if v is None else str(v) for v in values]


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@settings(max_examples=25)
@given(values=st.lists(SMALL | FRACTIONS, min_size=1, max_size=8))
def test_ids_with_a_fraction_are_broken_and_change_no_neighbour(kind, values):
    values = [
        v for v in values if v is None or v == 0 or 0.001 < abs(v) < 2048
    ]  # CSV would hold 1e-07, and text stays text
    read = both(read_ids("x", column, (), Seen()) for column in written(values, kind))
    assert read[0] == read[1]
    rounded = [None if value is None else float(getattr(np, kind)(value)) for value in values]
    for position, (value, text, broken) in enumerate(zip(rounded, *read[1], strict=True)):
        whole = value is not None and value == int(value)
        assert broken == (not whole or value in rounded[:position])
        assert not whole or text == str(int(value))


@pytest.mark.parametrize("kind", TEXTS)
@settings(max_examples=25)
@given(values=st.lists(st.sampled_from(["00012", "12", "12.0", " 7 ", "1.2E+11", "2.5", "A-1", "", "Ä", "-5"])))
def test_ids_as_text_keep_their_zeros(kind, values):
    read = both(read_ids("x", column, (), Seen()) for column in written(values, kind))
    assert read[0] == read[1]
    assert read[0][0] == [{"12.0": "12"}.get(v, v.strip()) or None for v in values]
    assert [b for v, b in zip(values, read[0][1], strict=True) if v in ("", "2.5")] == [True] * sum(
        v in ("", "2.5") for v in values
    )


@pytest.mark.parametrize("kind", [*INTEGERS, pa.decimal128(20, 0)], ids=str)
@settings(max_examples=25)
@given(values=st.lists(SMALL, min_size=1, max_size=8))
def test_whole_numbers_and_levels_are_read_alike(kind, values):
    columns = written(values, kind)
    for spec in (Column(type="number", max=100), Column(type="category", levels=["0", "1.0", "2", "30"])):
        read = both(read_column("x", spec, column) for column in columns)
        assert read[0] == read[1]


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@settings(max_examples=25)
@given(values=st.lists(FRACTIONS | st.sampled_from([1e300, 65504.0]), min_size=1, max_size=8))
def test_fractions_are_read_alike(kind, values):
    values = [v for v in values if v is None or abs(v) <= float(np.finfo(kind).max)]
    columns = written(values, kind)
    for spec in (Column(type="number", max=0.1), Column(type="category", levels=["0.1", "2.50", "0"])):
        read = both(read_column("x", spec, column) for column in columns)
        assert read[0] == read[1]


@settings(max_examples=25)
@given(values=st.lists(st.none() | st.decimals(-(10**8), 10**8, places=2), min_size=1))
def test_decimals_are_read_alike(values):
    columns = written(values, pa.decimal128(12, 2))
    for read in (
        [read_column("x", Column(type="number"), c) for c in columns],
        [read_ids("x", c, (), Seen()) for c in columns],
    ):
        assert both(read)[0] == both(read)[1]


@settings(max_examples=25)
@given(values=st.lists(st.none() | st.booleans(), min_size=1))
def test_true_and_false_are_levels_and_no_numbers(values):
    columns = written(values, "bool_")
    levels = both(read_column("x", Column(type="category", levels=["False", "true"]), c) for c in columns)
    assert levels[0] == levels[1]
    assert levels[0][0] == ["nan" if v is None else repr(float(v)) for v in values]
    for column in columns:
        assert read_column("x", Column(type="number"), column)[1][0].rows.all() or None in values


DAYS = st.none() | st.dates(dt.date(1, 1, 1)) | st.sampled_from([dt.date(2024, 2, 29), dt.date(2015, 12, 1)])


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()], ids=str)
@settings(max_examples=25)
@given(values=st.lists(DAYS, min_size=1))
def test_days_are_read_alike(kind, values):
    from_csv, from_parquet = (dates_of(c) for c in written(values, kind))
    assert from_csv.to_pylist() == from_parquet.to_pylist() == values


CLOCKS = ["UTC", "Europe/Berlin", "America/New_York", "+05:30"]
HALF_PAST = dt.timezone(dt.timedelta(hours=5, minutes=30))


# To 2037: Arrow knows no summer time after that.
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, *CLOCKS])
@settings(max_examples=25)
@given(days=st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2037, 1, 1)), min_size=1), noon=st.booleans())
def test_midnights_are_days_in_every_unit_and_zone(unit, zone, days, noon):
    clock = zone and (HALF_PAST if zone == "+05:30" else ZoneInfo(zone))
    times = [dt.datetime(d.year, d.month, d.day, 12 * noon, tzinfo=clock) for d in days]
    columns = written(times, pa.timestamp(unit, zone))
    expected = [None if noon else day for day in days]
    assert [dates_of(c).to_pylist() for c in columns] == [expected, expected]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2015-12-01 00:00:00", "2015-12-01"),
        ("2015-12-01T00:00:00Z", "2015-12-01"),
        ("2015-12-01T00:00:00.000+01:00", "2015-12-01"),
        (" 2015-12-01 ", "2015-12-01"),
        ("2015-12-01 00:00:01", None),
        ("2015-12-01T24:00:00", None),
        ("2015-02-30 00:00:00", None),
        ("0000-01-01", None),
        ("Dec-2015", None),
        ("01/12/2015", None),
        ("20151201", None),
        ("1970-01-01", None),  # a sentinel
    ],
)
def test_a_day_is_written_in_one_way(cell, day):
    assert [v and str(v) for v in dates_of(pa.array([cell]), ("1970-01-01",)).to_pylist()] == [day]


def test_a_sentinel_day_is_missing_in_every_type():
    for cells in (pa.array([0], pa.date32()), pa.array([0], pa.timestamp("ns", "UTC"))):
        assert dates_of(cells, ("1970-01-01",)).to_pylist() == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.0", "1"), ("2.50", "2.5"), (".5", "0.5"), ("-0.0", "0"), ("7.", "7"), ("TRUE", "true"), ("00012", "00012")]
    + [(same, same) for same in ("1.2E+11", "1.2.3", ".", "a.0", "9007199254740992.0", "٣.0")],
)
def test_the_canonical_form(text, expected):
    assert canonical(text) == expected == canonical(expected)


def test_decimals_with_more_digits_than_a_float_are_exact_ids():
    column = pa.array([Decimal("12345678901234567890"), Decimal("12345678901234567891")])
    assert read_ids("x", column, (), Seen())[0].to_pylist() == ["12345678901234567890", "12345678901234567891"]


@pytest.mark.parametrize("kind", [pa.decimal128(38, 10), pa.decimal64(12, 8), pa.decimal256(60, 20)])
def test_a_small_decimal_is_what_its_digits_say(kind):
    cells = pa.array([Decimal("0"), Decimal("0.0000001"), Decimal("1"), None], kind)
    assert text_of(cells).to_pylist() == ["0", "0.0000001", "1", None]
    assert numbers_of(cells)[0][:3].tolist() == [0, 1e-7, 1]
