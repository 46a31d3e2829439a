import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.data.contract import Quarantine
from takeback.data.ingestion import application_columns, groups_of, ingest
from takeback.stages.ingest_stage import read_source

OUTCOME = "default payment next month"


@pytest.fixture(scope="module")
def lenient(taiwan):
    """The Taiwan contract, for a few rows of which any may break."""
    return taiwan.model_copy(update={"quarantine": Quarantine(max_share=1, min_rows=2)})


@pytest.fixture
def ingest_file(tmp_path, lenient):
    def run(content):
        path = tmp_path / "source.csv"
        path.write_bytes(content)
        contract = lenient.model_copy(update={"source": str(path)})
        return ingest(contract, read_source(contract))

    return run


@pytest.fixture(scope="module")
def lines(taiwan_rows):
    return taiwan_rows.to_pandas().to_csv(index=False).splitlines(keepends=True)


def with_cells(table, cells):
    frame = table.to_pandas()
    for (row, name), cell in cells.items():
        frame.loc[row, name] = cell
    return pa.Table.from_pandas(frame, pa.schema([(name, pa.string()) for name in frame]), preserve_index=False)


BROKEN = [
    ("ID", "1", "found '1', expected an id that no earlier row has"),
    ("ID", "", "found '', expected a value"),
    ("AGE", "17", "found '17', expected at least 18"),
    ("AGE", "121", "found '121', expected at most 120"),
    ("AGE", "old", "found 'old', expected a finite number"),
    ("AGE", "inf", "found 'inf', expected a finite number"),
    ("LIMIT_BAL", " ", "found ' ', expected a value"),
    ("SEX", "3", "found '3', expected one of 1, 2"),
    (OUTCOME, "", "found '', expected a value"),
    (OUTCOME, "NaN", "found 'NaN', expected one of 0, 1"),
    (OUTCOME, "2", "found '2', expected one of 0, 1"),
]


@pytest.mark.parametrize(("name", "cell", "reason"), BROKEN)
def test_a_broken_row_is_put_aside_with_number_and_reason(lenient, taiwan_rows, name, cell, reason):
    table = with_cells(taiwan_rows, {(41, name): cell})
    applications, quarantine, metrics = ingest(lenient, table)
    given = cell.strip() or None if name == "ID" else "42"
    assert quarantine.to_pylist() == [{"row": 42, "reason": f"{name}: {reason}", "ID": given}]
    assert ingest(lenient, table, whole_rows=True).quarantine[name].to_pylist() == [cell.strip() or None]
    assert applications["ID"].to_pylist() == [str(n) for n in range(1, 501) if n != 42]
    assert metrics["rows"] == {"source": 500, "accepted": 499, "quarantined": 1}
    assert list(metrics["broken_rules"].values()) == [1]


CELL = st.sampled_from(["", "x", "nan", "-99999999", "1", "2", "1e9", "30"])
FAULTS = st.dictionaries(st.tuples(st.integers(0, 19), st.sampled_from(["ID", "AGE", "SEX", "PAY_0", OUTCOME])), CELL)


@given(FAULTS)
def test_nothing_is_lost_and_no_broken_row_is_accepted(lenient, taiwan_rows, faults):
    table = with_cells(taiwan_rows.slice(0, 20), faults)
    applications, quarantine, metrics = ingest(lenient, table)
    aside = {row - 1 for row in quarantine["row"].to_pylist()}
    assert applications.num_rows + len(aside) == 20 == metrics["rows"]["source"]
    kept = table.take([row for row in range(20) if row not in aside])
    assert applications["ID"].to_pylist() == kept["ID"].to_pylist()
    assert len(set(kept["ID"].to_pylist())) == kept.num_rows
    assert set(kept["SEX"].to_pylist()) <= {"1", "2"}
    assert all(18 <= age <= 120 for age in applications["AGE"].to_pylist())
    assert applications["bad"].to_pylist() == [int(cell) for cell in kept[OUTCOME].to_pylist()]
    assert not applications["AGE"].null_count


def test_too_many_broken_rows_are_a_user_error(taiwan, taiwan_rows):
    strict = taiwan.model_copy(update={"quarantine": Quarantine(max_share=0.005, min_rows=2)})
    cells = {(7, "AGE"): "", (9, "SEX"): "x", (11, "SEX"): "y"}
    assert ingest(strict, with_cells(taiwan_rows, dict(list(cells.items())[:2]))).quarantine.num_rows == 2
    with pytest.raises(UserError) as error:
        ingest(strict, with_cells(taiwan_rows, cells))
    assert "3 of 500 rows (0.60%) break the contract, at most 0.50% may" in str(error.value)
    assert "Most often, 2 times: SEX: found 'x', expected one of 1, 2 (first in row 10)" in str(error.value)


def test_too_few_rows_are_a_user_error(taiwan, taiwan_rows):
    with pytest.raises(UserError, match="found 500 rows, expected at least 1000"):
        ingest(taiwan, taiwan_rows)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda lines: [], "the file is empty"),
        (lambda lines: lines[:1], "found 0 rows, expected at least 2"),
        (lambda lines: [*lines[:9], lines[9][:20]], "line 10: found 8 cells, expected 25"),
        (lambda lines: [lines[0].replace("AGE,", "", 1), *lines[1:]], "column 'AGE' is not there"),
        (lambda lines: [lines[0].replace(",AGE", ",AEG"), *lines[1:]], "column 'AEG' is not in the contract"),
        (lambda lines: [lines[0].replace("SEX", "AGE", 1), *lines[1:]], "column 'AGE' is there twice"),
        (lambda lines: [*lines[:9], "é" + lines[9]], "line 10, column 'ID': is not UTF-8"),
        (lambda lines: [*lines[:400], "é" + lines[400]], "line 401, column 'ID'"),
    ],
)
def test_a_spoilt_file_is_a_user_error(ingest_file, lines, spoil, words):
    with pytest.raises(UserError) as error:
        ingest_file("".join(spoil(lines)).encode("latin-1"))
    assert "source.csv" in str(error.value)
    assert words in str(error.value)


def test_a_file_cut_in_its_last_cell_is_put_aside(ingest_file, lines):
    assert ingest_file("".join(lines)[:-2].encode()).quarantine["row"].to_pylist() == [500]


def test_the_whole_file_has_the_known_counts(taiwan, taiwan_table):
    applications, quarantine, metrics = ingest(taiwan, taiwan_table)
    assert (applications.num_rows, quarantine.num_rows) == (30000, 0)
    assert (metrics["bad_rate"], metrics["repeated_but_for_the_id"]) == (0.2212, 35)
    assert metrics["groups"]["sex"]["male"]["count"] == 11888
    assert sum(group["share"] for group in metrics["groups"]["age"].values()) == pytest.approx(1)
    assert pc.sum(applications["bad"]).as_py() == 6636


def test_missing_values_are_counted_and_kept(lenient, taiwan_rows):
    columns = {**lenient.columns, "SEX": lenient.columns["SEX"].model_copy(update={"optional": True})}
    contract = lenient.model_copy(update={"columns": columns, "missing": ("", "?")})
    result = ingest(contract, with_cells(taiwan_rows, {(0, "SEX"): "?", (1, "SEX"): ""}))
    assert result.metrics["missing_share"]["SEX"] == 2 / 500
    assert result.applications["SEX"].to_pylist()[:3] == [None, None, "female"]
    assert np.isnan(application_columns(contract, result.applications)["SEX"][:2]).all()
    assert result.metrics["groups"]["sex"]["unknown"]["count"] == 2


def test_groups_are_bands_with_their_lower_end_and_unknown(taiwan):
    columns = {"AGE": np.array([18, 24.9, 25, 34, 35, 49, 50, 99, np.nan]), "SEX": np.array([0, 1, np.nan])}
    under, young, middle, old = "under_25", "25_to_35", "35_to_50", "50_and_over"
    expected = [under, under, young, young, middle, middle, old, old, "unknown"]
    assert groups_of(taiwan, columns, "age").tolist() == expected
    assert groups_of(taiwan, columns, "sex").tolist() == ["male", "female", "unknown"]


def test_without_an_id_the_row_number_is_the_id(lenient, taiwan_rows):
    contract = lenient.model_copy(update={"id": None})
    result = ingest(contract, with_cells(taiwan_rows.slice(0, 4), {(1, "AGE"): ""}))
    assert result.applications["row"].to_pylist() == ["1", "3", "4"]


def test_dates_must_be_days_of_the_calendar(lenient, taiwan_rows):
    contract = lenient.model_copy(update={"date": "applied"})
    days = pa.array(["2024-02-29", "2024-02-30", "29.02.2024", ""])
    result = ingest(contract, taiwan_rows.slice(0, 4).append_column("applied", days))
    assert [str(day) for day in result.applications["applied"]] == ["2024-02-29"]
    assert result.quarantine["reason"][0].as_py() == "applied: found '2024-02-30', expected a date like 2024-12-31"
