import pytest
from benchmarks.hostile_cells import Case, attempt, cases

from takeback.common.errors import UserError


@pytest.fixture(scope="module")
def hostile(releases, taiwan_table):
    return cases(releases["logistic"].champion, taiwan_table.slice(0, 6))


@pytest.mark.parametrize("part", range(4))
def test_hostile_cells_and_files_are_seen_as_written(hostile, part):
    assert len(hostile) >= 200
    # Not the slow ones; `make prove` has them all.
    chosen = [case for case in hostile[part::4] if "MB" not in case.name]
    assert [proof for proof in map(attempt, chosen) if not proof.passed] == []


def _raise(error):
    def see(folder):
        raise error

    return see


@pytest.mark.parametrize(
    ("see", "passed"),
    [
        (lambda folder: "so", True),
        (lambda folder: "not", False),
        (_raise(UserError("so it is")), True),
        (_raise(ValueError("so")), False),
    ],
)
def test_an_attempt_passes_only_with_what_was_expected(see, passed):
    assert attempt(Case("case", "so", see)).passed == passed
