"""What a cell means: one reading for CSV, Parquet and requests, each cell alone, whatever its neighbours are."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.data.expressions import Array

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
DECIMAL = re.compile(r"([+-]?)([0-9]*)\.([0-9]*)")
# Texts that `canonical` may change.
ODD = r"^([+-]?[0-9]*\.[0-9]*|[+-]0|(?i:true|false))$"
DATE = r"^(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?(?: ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$"
FIRST_DAY, LAST_DAY = -719162, 2932896  # 0001-01-01 and 9999-12-31, in days since 1970
DAY_MILLISECONDS = 86_400_000
EXACT = 2**53  # from here on a float64 no longer holds every whole number


def canonical(text: str) -> str:
    """Write a value in one way: 2.0 and 2 are the same, as are 2.50 and 2.5, or True and true; 007 stays 007.

    A whole number with a point from 2^53 on stays as it is: a float may have rounded it.
    """
    text = text.strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    parts = DECIMAL.fullmatch(text)
    if parts and (parts[2] or parts[3]):
        fraction = parts[3].rstrip("0")
        if not fraction and int(parts[2][-400:] or 0) >= EXACT:
            return text
        text = f"{parts[1]}{parts[2] or 0}" + (f".{fraction}" if fraction else "")
    return "0" if text in ("-0", "+0") else text


def text_of(values: pa.ChunkedArray | pa.Array, missing: tuple[str, ...] = ()) -> pa.Array:
    """Return cells as `canonical` text, null where empty or missing."""
    values = plain(values)
    if pa.types.is_floating(values.type):
        text = _float_texts(values)
    elif pa.types.is_integer(values.type) or pa.types.is_boolean(values.type):
        text = values.cast(pa.string())
    else:
        text = _canonical_texts(pc.utf8_trim_whitespace(values.cast(pa.string())))
    absent = pa.array(["", *map(canonical, missing)], pa.string())
    return pc.if_else(pc.is_in(text, value_set=absent), None, text)


def numbers_of(values: pa.ChunkedArray | pa.Array, missing: tuple[str, ...] = ()) -> tuple[Array, Array]:
    """Return cells as float64, NaN where missing or unreadable, and a mask of those that hold no number."""
    values = plain(values)
    numbers, unreadable = _numbers(values, missing)
    for text in missing:
        if re.match(NUMBER, text):
            numbers[numbers == float(text)] = np.nan
    return numbers, unreadable


def levels_of(values: pa.ChunkedArray | pa.Array, levels: list[str], missing: tuple[str, ...]) -> tuple[Array, Array]:
    """Return each cell's position in ``levels``, -1 where it is none of them, and a mask of what is not there."""
    values = plain(values)
    encoded = values.dictionary_encode()
    names = pa.array([canonical(level) for level in levels], pa.string())
    texts = text_of(encoded.dictionary, missing)
    places = pc.fill_null(pc.index_in(texts, value_set=names, skip_nulls=True), -1).to_numpy(zero_copy_only=False)
    gone = np.append(texts.is_null().to_numpy(zero_copy_only=False), True)
    index = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return np.append(places, -1)[index], gone[index]


def dates_of(values: pa.ChunkedArray | pa.Array, missing: tuple[str, ...] = ()) -> pa.Array:
    """Return cells as days, null where missing or no day: text like 2024-12-31, also with a midnight, and timestamps.

    With a time zone the day is the one of its own clock. A time that is not midnight is not read: it would be another
    day elsewhere.
    """
    values = plain(values)
    days = _typed_days(values) if pa.types.is_temporal(values.type) else _text_days(text_of(values))
    number = days.cast(pa.int32())
    inside = pc.and_(pc.greater_equal(number, FIRST_DAY), pc.less_equal(number, LAST_DAY))
    days = pc.if_else(inside, days, None)
    absent = pc.is_in(days.cast(pa.string()), value_set=pa.array(missing, pa.string()))
    return pc.if_else(absent, pa.scalar(None, pa.date32()), days)


def exact_whole(values: pa.Array) -> Array:
    """Return which cells of a float column are whole and small enough that the float has not rounded them."""
    numbers = values.to_numpy(zero_copy_only=False)
    return (numbers == np.trunc(numbers)) & (np.abs(numbers) < 2.0 ** (np.finfo(numbers.dtype).nmant + 1))


def plain(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return one array of cells without Arrow's ways to store them: chunks, dictionaries, views, decimals."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):  # too large for one array of its own type
        values = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in values.chunks])
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_decimal(values.type):
        return _decimal_texts(values)
    if pa.types.is_binary_view(values.type) or pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    return values


def _decimal_texts(values: pa.Array) -> pa.Array:
    """Return decimals as text without an exponent, which Arrow gives to small ones: 0E-10 is 0.0000000000."""
    text = values.cast(pa.string())
    small = pc.fill_null(pc.match_substring(text, "E"), False)
    if not pc.any(small).as_py():
        return text
    return pc.replace_with_mask(
        text, small, pa.array([f"{v:f}" for v in values.filter(small).to_pylist()], pa.string())
    )


def _float_texts(values: pa.Array) -> pa.Array:
    numbers = values.to_numpy(zero_copy_only=False)
    whole = (numbers == np.trunc(numbers)) & (np.abs(numbers, dtype=np.float64) < EXACT)
    text = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.string())
    absent = np.isnan(numbers)
    if (rest := ~whole & ~absent).any():
        # NumPy writes the fewest digits that give the same float of this width, as CSV writers do.
        text = pc.replace_with_mask(text, rest, pa.array(map(canonical, numbers[rest].astype(str)), pa.string()))
    return pc.if_else(pa.array(absent), None, text)


def _canonical_texts(text: pa.Array) -> pa.Array:
    odd = pc.fill_null(pc.match_substring_regex(text, ODD), False)
    if not pc.any(odd).as_py():
        return text
    return pc.replace_with_mask(text, odd, pa.array(map(canonical, text.filter(odd).to_pylist()), pa.string()))


def _numbers(values: pa.Array, missing: tuple[str, ...]) -> tuple[Array, Array]:
    kind, clean = values.type, np.zeros(len(values), dtype=bool)
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return _floats(values), clean
    if pa.types.is_floating(kind):
        return _widened(values.to_numpy(zero_copy_only=False)), clean
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):  # true is no number, though Arrow would make it 1
        return np.full(len(values), np.nan), values.is_valid().to_numpy(zero_copy_only=False)
    try:  # most columns are clean, and then one cast is all it takes
        numbers = _floats(values)
        if np.isfinite(numbers).all():
            return numbers, clean
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    text = pc.if_else(pc.is_in(text, value_set=pa.array(["", *missing], pa.string())), None, text)
    readable = pc.match_substring_regex(text, NUMBER)
    numbers = _floats(pc.if_else(readable, text, None))
    return numbers, pc.fill_null(pc.invert(readable), False).to_numpy(zero_copy_only=False)


def _widened(numbers: Array) -> Array:
    """Return float64 of the same fewest digits: 0.1 in a float32 column is the 0.1 that its CSV form would be."""
    wide = numbers.astype(np.float64)
    if numbers.dtype != np.float64:
        fraction = np.isfinite(wide) & (wide != np.trunc(wide))
        wide[fraction] = numbers[fraction].astype(str).astype(np.float64)
    return wide


def _floats(values: pa.Array) -> Array:
    """Return a copy: Arrow's own memory cannot be written. Unsafe only in that an integer may lose its last digits."""
    return np.array(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _text_days(text: pa.Array) -> pa.Array:
    day = pc.struct_field(pc.extract_regex(text, DATE), "day")
    moment = pc.strptime(day, "%Y-%m-%d", "s", error_is_null=True)
    real = pc.equal(pc.strftime(moment, "%Y-%m-%d"), day)  # 30 February became 1 March
    return pc.if_else(real, moment, None).cast(pa.date32())


def _typed_days(values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_date32(kind):
        return values
    if pa.types.is_date64(kind):
        values = values.cast(pa.timestamp("ms"))
    elif not pa.types.is_timestamp(kind):  # a time of day, a duration
        return pa.nulls(len(values), pa.date32())
    elif kind.tz:
        values = pc.local_timestamp(values)
    midnight = pc.equal(pc.floor_temporal(values, unit="day"), values)
    return pc.if_else(midnight, values, None).cast(pa.date32())
