"""Applicant ids: which cells are one, and which were there before. One check for ingestion and batches."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.data.cells import exact_whole, plain, text_of
from takeback.data.expressions import Array
from takeback.data.validation import Violation

MOST_CHARACTERS = 256
# A number with a fraction, or one that a float may have rounded; see `cells.canonical`.
INEXACT = r"^[+-]?[0-9]*\.[0-9]*$"
# Controls, marks of direction and the like; and letters, signs and variants that Unicode draws as nothing.
INVISIBLE = (
    r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{34F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{2800}\x{3164}"
    r"\x{FE00}-\x{FE0F}\x{FFA0}\x{E0100}-\x{E01EF}]"
)
ROWS_AT_ONCE = 1 << 16


class Seen:
    """The ids of earlier rows, as 64-bit hashes in sorted runs that grow: 8 bytes an id, 80 MB for ten million.

    Two ids of at most eight bytes and equal length never share a hash. Otherwise the chance that any two of ten million
    rows do is 3 in a million; then one more row goes to an analyst.
    """

    def __init__(self) -> None:
        self._runs: list[Array] = []

    def repeated(self, ids: pa.Array) -> Array:
        """Return which ids an earlier row has, of this table or of an earlier call, and remember them all."""
        found = _hashes(ids)
        ordered = np.sort(found)
        if not (ordered[1:] == ordered[:-1]).any() and not self._known(ordered).any():  # as in most files, and faster
            self._remember(ordered)
            return np.zeros(len(ids), dtype=bool)
        hashes, first, place = np.unique(found, return_index=True, return_inverse=True)
        known = self._known(hashes)
        self._remember(hashes[~known])
        again = np.ones(len(ids), dtype=bool)
        again[first] = False
        return (again | known[place]) & ids.is_valid().to_numpy(zero_copy_only=False)

    def _known(self, hashes: Array) -> Array:
        known = np.zeros(len(hashes), dtype=bool)
        for run in self._runs:
            known |= run[np.minimum(np.searchsorted(run, hashes), len(run) - 1)] == hashes
        return known

    def _remember(self, hashes: Array) -> None:
        self._runs += [hashes] if len(hashes) else []
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]), kind="stable")]


def read_ids(
    name: str, values: pa.ChunkedArray | pa.Array, missing: tuple[str, ...], seen: Seen
) -> tuple[pa.Array, list[Violation]]:
    """Read a column of ids as text, and list the rows whose id is empty, is none, or was there before.

    Parameters
    ----------
    name
        The column's name.
    values
        The cells.
    missing
        Texts that count as missing.
    seen
        The ids of the rows before these.
    """
    cells = plain(values)
    ids = text_of(cells, missing)
    inexact = _matching(ids, INEXACT)
    if pa.types.is_floating(cells.type):
        inexact |= ids.is_valid().to_numpy(zero_copy_only=False) & ~exact_whole(cells)
    violations = [
        Violation(name, "a value", ids.is_null().to_numpy(zero_copy_only=False)),
        Violation(name, "an id without a fraction, and if it is a float, one that holds it exactly", inexact),
        Violation(name, "an id without invisible characters", _matching(ids, INVISIBLE)),
        Violation(name, f"an id of at most {MOST_CHARACTERS} characters", _too_long(ids)),
        Violation(name, "an id that no earlier row has", seen.repeated(ids)),
    ]
    return ids, [violation for violation in violations if violation.rows.any()]


def _matching(ids: pa.Array, pattern: str) -> Array:
    if not _odd_bytes(ids):  # as in most files, and faster
        return np.zeros(len(ids), dtype=bool)
    return np.array(pc.fill_null(pc.match_substring_regex(ids, pattern), False))


def _too_long(ids: pa.Array) -> Array:
    return np.array(pc.fill_null(pc.greater(pc.utf8_length(ids), MOST_CHARACTERS), False))


def _hashes(ids: pa.Array) -> Array:
    text = pc.utf8_slice_codeunits(ids, 0, MOST_CHARACTERS + 1)  # longer ones are refused
    pieces = [_hash_piece(text.slice(start, ROWS_AT_ONCE)) for start in range(0, len(text), ROWS_AT_ONCE)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)


def _odd_bytes(text: pa.Array) -> bool:
    """Return whether there is a point, or any byte but those of visible ASCII characters and the space."""
    _, content = _content(text)
    return bool(((content < ord(" ")) | (content > ord("~")) | (content == ord("."))).any())


def _content(text: pa.Array) -> tuple[Array, Array]:
    """Return where each text begins and ends in Arrow's memory, and the bytes of all texts."""
    size = 8 if pa.types.is_large_string(text.type) else 4
    _, offsets, content = text.buffers()
    if not len(text) or content is None:
        return np.zeros(len(text) + 1, np.int64), np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, f"i{size}", len(text) + 1, text.offset * size).astype(np.int64)
    return ends, np.frombuffer(content, np.uint8)[ends[0] : ends[-1]]


def _hash_piece(text: pa.Array) -> Array:
    """Mix the bytes of each text, eight at a time, with the finalizer of splitmix64."""
    ends, content = _content(text)
    lengths = np.diff(ends)
    width = -(-max(int(lengths.max()), 1) // 8) * 8
    padded = np.zeros((len(text), width), dtype=np.uint8)
    padded[np.arange(width) < lengths[:, None]] = content
    result = _mixed(lengths.astype(np.uint64))
    for position, words in enumerate(padded.view(np.uint64).T):
        result = np.where(lengths > 8 * position, _mixed(result ^ words), result)
    return result


def _mixed(words: Array) -> Array:
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
