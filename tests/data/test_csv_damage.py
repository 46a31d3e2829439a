from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.data import csv_damage


def oracle(text):
    """Say what is wrong with the quotes, one character after the other."""
    inside, padded = False, f"\n{text}\n"
    for position, character in enumerate(text, start=1):
        if character == '"':
            beside = padded[position + 1] if inside else padded[position - 1]
            if beside not in ',\n"':
                return "has a quote inside a cell"
            inside = not inside
    return "no quote closes it" if inside else None


@given(st.text('",\na'), st.integers(1, 9))
def test_quotes_are_judged_as_one_after_the_other_whatever_the_blocks_are(text, size):
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(csv_damage, "BLOCK_BYTES", size)
        path = Path(folder) / "t.csv"
        path.write_text(text, newline="")
        expected = oracle(text)
        if expected is None:
            assert csv_damage.count_lines(path) == text.count("\n")
        else:
            with pytest.raises(UserError, match=expected):
                csv_damage.count_lines(path)
