"""Batch scoring: one row per applicant, in order, whatever the file."""

import csv

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from takeback.commands import batch
from takeback.common.errors import UserError
from takeback.data import tables
from takeback.data.validation import read_columns
from takeback.decisions.policy import DECISIONS
from takeback.decisions.scoring import score


@pytest.fixture
def scorer(releases):
    return releases["xgboost"].champion


@pytest.fixture
def source(taiwan_rows, tmp_path):
    pa_csv.write_csv(taiwan_rows, tmp_path / "in.csv")
    return tmp_path / "in.csv"


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_per_applicant_with_what_the_scorer_says(scorer, source, taiwan_rows, tmp_path):
    summary = batch.score_file(scorer, source, tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    expected = score(scorer, read_columns(scorer.contract, taiwan_rows, scorer.contract.inputs)[0])
    assert [row["ID"] for row in rows] == taiwan_rows["ID"].to_pylist()
    assert [float(row["pd"]) for row in rows] == expected.pd.tolist()
    assert [row["decision"] for row in rows] == [DECISIONS[i] for i in expected.decision]
    assert all(bool(row["reason_1"]) == (row["decision"] != "approve") for row in rows)
    assert summary.rows == sum(summary.decisions.values()) == 500


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_form_of_the_files_changes_nothing(scorer, source, taiwan_rows, tmp_path, ending):
    batch.score_file(scorer, source, tmp_path / "a.parquet")
    typed = [
        c.cast(pa.float64()) if n != "ID" else c for n, c in zip(taiwan_rows.column_names, taiwan_rows, strict=True)
    ]
    other = pa.table(typed, names=taiwan_rows.column_names)
    pq.write_table(other, tmp_path / "in.parquet")
    batch.score_file(scorer, tmp_path / "in.parquet", tmp_path / f"b.{ending}")
    a, b = (tables.read_table(tmp_path / name) for name in ("a.parquet", f"b.{ending}"))
    assert [float(x) for x in b["pd"].to_pylist()] == a["pd"].to_pylist()
    assert b["reason_1"].to_pylist() == (a["reason_1"].to_pylist() if ending == "parquet" else _text(a["reason_1"]))


def test_small_pieces_give_the_same_file(scorer, source, tmp_path, monkeypatch):
    batch.score_file(scorer, source, tmp_path / "whole.csv")
    monkeypatch.setattr(tables, "BLOCK_BYTES", 4000)
    assert len(list(tables.iter_tables(source, ["ID", "AGE"]))) > 5
    batch.score_file(scorer, source, tmp_path / "pieces.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "pieces.csv").read_bytes()


def test_the_outcome_and_protected_columns_need_not_be_there(scorer, source, taiwan_rows, tmp_path):
    names = ["SEX", "EDUCATION", "MARRIAGE", "AGE", "default payment next month"]
    pa_csv.write_csv(taiwan_rows.drop_columns(names), tmp_path / "new.csv")
    batch.score_file(scorer, source, tmp_path / "a.csv")
    batch.score_file(scorer, tmp_path / "new.csv", tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_row_that_breaks_the_contract_is_referred_with_what_is_wrong(scorer, source, tmp_path):
    lines = source.read_text().splitlines()
    cells = lines[3].split(",")
    cells[6] = '"99"'
    source.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n")
    summary = batch.score_file(scorer, source, tmp_path / "out.csv")
    row = read(tmp_path / "out.csv")[2]
    assert (row["decision"], row["pd"], summary.broken) == ("refer", "", 1)
    assert row["reason_1"] == "The application breaks the data contract: PAY_0: found '99', expected at most 9"


def test_without_reasons_there_are_no_reason_columns(scorer, source, tmp_path):
    batch.score_file(scorer, source, tmp_path / "out.csv", with_reasons=False)
    assert list(read(tmp_path / "out.csv")[0]) == ["ID", "decision", "pd"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace('"PAY_2"', '"PAY_9"', 1), "'PAY_2' is not there; column 'PAY_9' is not in"),
        (lambda text: "", "the file is empty"),
        (lambda text: text[:-30], "Expected 25 columns"),
        (lambda text: text.replace("\n", "\n\xff", 2), "in.csv"),
    ],
)
def test_a_broken_file_leaves_an_earlier_result_as_it_was(scorer, source, tmp_path, change, expected):
    (tmp_path / "out.csv").write_text("earlier")
    source.write_bytes(change(source.read_text()).encode("latin-1"))
    with pytest.raises(UserError, match=expected):
        batch.score_file(scorer, source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.csv"}


@pytest.mark.parametrize("target", ["in.csv", "out.xlsx"])
def test_a_wrong_target_is_refused(scorer, source, tmp_path, target):
    before = source.read_bytes()
    with pytest.raises(UserError, match=target):
        batch.score_file(scorer, source, tmp_path / target)
    assert source.read_bytes() == before


def test_only_a_header_gives_an_empty_result(scorer, source, tmp_path):
    source.write_text(source.read_text().splitlines()[0] + "\n")
    assert batch.score_file(scorer, source, tmp_path / "out.csv").rows == 0
    assert read(tmp_path / "out.csv") == []


def test_in_order_keeps_the_order_and_passes_errors_on():
    assert list(batch.in_order(lambda x: x * x, range(50), workers=3)) == [x * x for x in range(50)]
    with pytest.raises(ZeroDivisionError):
        list(batch.in_order(lambda x: 1 // x, range(3), workers=2))


def _text(column):
    return ["" if value is None else value for value in column.to_pylist()]


def test_a_folder_in_the_way_is_left_alone(scorer, source, tmp_path):
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "part-0").write_text("precious")
    with pytest.raises(UserError, match="is a folder"):
        batch.score_file(scorer, source, tmp_path / "out.parquet")
    assert (tmp_path / "out.parquet" / "part-0").read_text() == "precious"


def test_a_target_that_cannot_be_written_is_one_message(scorer, source):
    with pytest.raises(UserError, match="cannot be written"):
        batch.score_file(scorer, source, source / "out.csv")
