"""Hostile cells: numbers, categories, ids, outcomes, dates, typed columns and formulas, each with what must be seen."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa

NO_NUMBER, TOO_LARGE, NO_VALUE = "expected a finite number", "expected a number below 3.4e38", "expected a value"
AS_BEFORE = "0 referred [], ids 1 2 3 4 5 6, decides as before"

# Cells of a number column without limits.
NUMBERS = [
    *[(cell, "read as 90000") for cell in ("90000", "90000.0", " 90000 ", "+90000", "9e4", "9E+4", "900000e-1")],
    *[(cell, "read as 90000") for cell in ("090000", "90000.", "\t90000", "90000.000000000000000000000000000000001")],
    *[(cell, "read as 0.5") for cell in ("0.5", ".5", "5e-1", "0.50")],
    *[(cell, "read as 0") for cell in ("0", "-0", "-0.0", "1e-400", "0e999")],
    *[(cell, TOO_LARGE) for cell in ("1e39", "-1e39", "1e308", "-1e308", "3.5e38", "9" * 40)],
    *[(cell, NO_NUMBER) for cell in ("1e309", "-1e309", "1e999999999", "9" * 5000)],
    *[(cell, NO_NUMBER) for cell in ("nan", "NaN", "-nan", "inf", "-inf", "Infinity", "+Infinity", "1.#INF", "NULL")],
    *[(cell, NO_NUMBER) for cell in ("1,5", "1.234,56", "1 234", "1'000", "1_000", "€5", "5%", "12abc", "0x1F", "1e")],
    *[(cell, NO_NUMBER) for cell in ("--5", "+-5", "5-", "1.2.3", ".", "-", "e5", "(5)", "1/2", "½", "²", "１２", "٣")],
    *[(cell, NO_NUMBER) for cell in ("true", "True", "yes", "#N/A", "#DIV/0!", "=1+1", "-", "?", "\u22125")],
    *[
        (cell, NO_NUMBER)
        for cell in ("2024-01-01", "5\u200b", "5\n6", '5"6', "<b>5</b>", "\u202e5", "{}", "[5]", "x" * 70)
    ],
    *[(cell, NO_VALUE) for cell in ("", " ", "\t", "\u00a0")],
]
# Cells of a number with the limits -2 to 9.
LEVELS = [
    *[(cell, "read as 2") for cell in ("2", "2.0", " 2", "2.000", "+2", "0.2e1")],
    *[(cell, "expected at most 9") for cell in ("10", "9.0000001", "1e5")],
    *[(cell, "expected at least -2") for cell in ("-3", "-2.0000001", "-1e30")],
]
AN_ID, EXACT = "expected an id without a fraction", "expected an id without a fraction"
UNSEEN, LONG = "expected an id without invisible characters", "expected an id of at most 256 characters"
IDS = [
    *[(same, f"id {same}") for same in ("00012", "012", "1.2E+11", "1e5", "A-1", "Müller", "2024-01-01", "x" * 256)],
    *[
        (same, f"id {same}")
        for same in ("1.2.3", "1,5", "=1+1", "-7", "NaN", "null", "９", "a b", "\U0001f600", "9" * 40)
    ],
    *[(cell, "id 77") for cell in ("77", "77.0", " 77 ", "77.", "77.000")],
    *[(cell, f"refer: The application breaks the data contract: ID: found {cell!r}, {NO_VALUE}") for cell in ("", " ")],
    *[(cell, AN_ID) for cell in ("2.5", "0.1", "-2.5", ".5", "77.01", "1.0000000000000000000001")],
    *[(cell, EXACT) for cell in ("9007199254740992.0", "123456789012345678.00")],
    *[(cell, "expected an id that no earlier row has") for cell in ("1", "1.0", " 1", "2", "2.")],
    *[(cell, UNSEEN) for cell in ("a\nb", "a\u200bb", "\u202eabc", "a\x1b[31mb", "a\x7fb", "a\u2028b", "\ufeff7")],
    *[(cell, LONG) for cell in ("x" * 257, "9" * 5000, "x" * 100_000)],
]
OUTCOMES = [
    *[(cell, "bad") for cell in ("1", "1.0", " 1 ", "1.")],
    *[(cell, "good") for cell in ("0", "0.0", "-0", "-0.0", ".0")],
    *[
        (cell, "broken: expected one of 0, 1")
        for cell in ("2", "01", "true", "yes", "1e0", "-1", "0.5", "NaN", "1\x00")
    ],
    *[(cell, "broken: expected a value") for cell in ("", "  ")],
]
MIDNIGHT = dt.datetime(2015, 12, 1)
DATES = [
    *[(cell, "2015-12-01") for cell in ("2015-12-01", " 2015-12-01 ", "2015-12-01 00:00:00", "2015-12-01T00:00:00Z")],
    *[(cell, "2015-12-01") for cell in ("2015-12-01T00:00", "2015-12-01 00:00:00.000", "2015-12-01T00:00:00+01:00")],
    *[(pa.array([MIDNIGHT], pa.timestamp(unit)), "2015-12-01") for unit in ("s", "ms", "us", "ns")],
    (pa.array([dt.date(2015, 12, 1)], pa.date32()), "2015-12-01"),
    (pa.array([dt.date(2015, 12, 1)], pa.date64()), "2015-12-01"),
    *[
        (cell, "no day")
        for cell in ("2015-12-01 00:00:01", "2015-12-01T24:00:00", "2015-02-29", "2015-13-01", "Dec-2015")
    ],
    *[(cell, "no day") for cell in ("01/12/2015", "20151201", "0000-01-01", "10000-01-01", "2015-12-1", "16770", "")],
    (pa.array([dt.datetime(2015, 12, 1, 0, 0, 1)]), "no day"),
    (pa.array([2**62], pa.timestamp("s")), "no day"),
    (pa.array([-(2**62)], pa.timestamp("ms")), "no day"),
    (pa.array([dt.time(1)], pa.time64("us")), "no day"),
    (pa.array([2**31 - 1], pa.date32()), "no day"),
]
LIMITS = [20000, 120000, 90000, 50000, 50000, 50000]
TYPED = [
    ("one id of 2.5 among floats", "ID", pa.array([1.2e11, 2.5, 3, 4, 5, None]), "ids 120000000000 2.5 3 4 5 -"),
    ("floats", "ID", pa.array([1.0, 2, 3, 4, 5, 6]), AS_BEFORE),
    ("float32", "ID", pa.array([1.0, 2, 3, 4, 5, 6], pa.float32()), AS_BEFORE),
    (
        "float32 beyond 2^24",
        "ID",
        pa.array([16777216.0, 2, 3, 4, 5, 6], pa.float32()),
        "and if it is a float, one that",
    ),
    ("floats beyond 2^53", "ID", pa.array([2.0**53, 2, 3, 4, 5, 6]), "and if it is a float, one that holds it exactly"),
    ("NaN and infinity", "ID", pa.array([float("nan"), float("inf"), 3, 4, 5, 6]), "2 referred"),
    ("int8", "ID", pa.array(range(1, 7), pa.int8()), AS_BEFORE),
    ("uint64", "ID", pa.array([2**64 - 1, 2, 3, 4, 5, 6], pa.uint64()), "0 referred [], ids 18446744073709551615 2"),
    ("decimals", "ID", pa.array([Decimal(n) for n in range(1, 7)], pa.decimal128(20, 4)), AS_BEFORE),
    ("a decimal of 2.5", "ID", pa.array([Decimal("2.5"), *map(Decimal, range(2, 7))]), "1 referred"),
    ("bytes", "ID", pa.array([b"1", b"2", b"3", b"4", b"5", b"6"]), AS_BEFORE),
    ("bytes that are no text", "ID", pa.array([b"\xff"] * 6), "refused: in.parquet: column 'ID' is not text in UTF-8"),
    ("views of text", "ID", pa.array(["1", "2", "3", "4", "5", "6"], pa.string_view()), AS_BEFORE),
    ("large text", "ID", pa.array(["1", "2", "3", "4", "5", "6"], pa.large_string()), AS_BEFORE),
    ("a dictionary", "ID", pa.array(["1", "2", "3", "4", "5", "6"]).dictionary_encode(), AS_BEFORE),
    ("nothing but nulls", "ID", pa.nulls(6), "6 referred"),
    ("true and false", "ID", pa.array([True, False] * 3), "4 referred"),
    ("days", "ID", pa.array([dt.date(2020, 1, day) for day in range(1, 7)]), "ids 2020-01-01 2020-01-02"),
    ("lists", "ID", pa.array([[1]] * 6), "refused: in.parquet: column 'ID' holds cells of type list"),
    ("integers", "LIMIT_BAL", pa.array(LIMITS), AS_BEFORE),
    ("float32", "LIMIT_BAL", pa.array(LIMITS, pa.float32()), AS_BEFORE),
    ("decimals", "LIMIT_BAL", pa.array(map(Decimal, LIMITS), pa.decimal128(20, 2)), AS_BEFORE),
    ("text", "LIMIT_BAL", pa.array([f" {limit}.0" for limit in LIMITS]), AS_BEFORE),
    ("bytes", "LIMIT_BAL", pa.array([str(limit).encode() for limit in LIMITS]), AS_BEFORE),
    ("a dictionary of floats", "LIMIT_BAL", pa.array(map(float, LIMITS)).dictionary_encode(), AS_BEFORE),
    ("1e308", "LIMIT_BAL", pa.array([1e308, *LIMITS[1:]]), "1 referred"),
    ("infinity", "LIMIT_BAL", pa.array([float("inf"), *LIMITS[1:]]), NO_NUMBER),
    ("NaN", "LIMIT_BAL", pa.array([float("nan"), *LIMITS[1:]]), NO_VALUE),
    ("nothing but nulls", "LIMIT_BAL", pa.nulls(6), "6 referred"),
    ("true and false", "LIMIT_BAL", pa.array([True, False] * 3), NO_NUMBER),
    ("days", "LIMIT_BAL", pa.array([dt.date(2020, 1, 1)] * 6), NO_NUMBER),
    ("durations", "LIMIT_BAL", pa.array([dt.timedelta(1)] * 6), "holds spans of time"),
    (
        "structures",
        "LIMIT_BAL",
        pa.array([{"a": 1}] * 6),
        "refused: in.parquet: column 'LIMIT_BAL' holds cells of type",
    ),
]
FORMULAS = [
    *[
        (cell, f"{f'{chr(39)}{cell}'!r}, 1 marked")
        for cell in ("=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "=")
    ],
    ('=HYPERLINK("http://x.example")', "1 marked"),
    *[(cell, f"{f'{chr(39)}{cell}'!r}, 1 marked") for cell in ("＝1+1", "＠x", "-A", "+A")],
    ("\t=1", "1 marked"),  # its spaces go, and it is =1 then
    *[(cell, f"{cell!r}, 0 marked") for cell in ("-5", "+5", "a=b", "x@y", "1-2")],
]
