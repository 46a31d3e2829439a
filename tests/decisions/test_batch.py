"""Batch scoring: one row per applicant, in order, whatever the file."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from takeback.cli.app import app
from takeback.common.errors import UserError
from takeback.data import tables
from takeback.data.validation import read_columns
from takeback.decisions import batch
from takeback.decisions.policy import DECISIONS
from takeback.decisions.result_file import harmless
from takeback.decisions.scoring import score

RELEASE = "xgboost@0123456789ab"


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
    summary = batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE)
    rows = read(tmp_path / "out.csv")
    expected = score(scorer, read_columns(scorer.contract, taiwan_rows, scorer.contract.inputs)[0])
    assert [row["ID"] for row in rows] == taiwan_rows["ID"].to_pylist()
    assert [float(row["pd"]) for row in rows] == expected.pd.tolist()
    assert [row["decision"] for row in rows] == [DECISIONS[i] for i in expected.decision]
    assert all(bool(row["reason_1"]) == (row["decision"] != "approve") for row in rows)
    assert summary.rows == sum(summary.decisions.values()) == 500


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_form_of_the_files_changes_nothing(scorer, source, taiwan_rows, tmp_path, ending):
    batch.score_file(scorer, source, tmp_path / "a.parquet", RELEASE)
    typed = [
        c.cast(pa.float64()) if n != "ID" else c for n, c in zip(taiwan_rows.column_names, taiwan_rows, strict=True)
    ]
    other = pa.table(typed, names=taiwan_rows.column_names)
    pq.write_table(other, tmp_path / "in.parquet")
    batch.score_file(scorer, tmp_path / "in.parquet", tmp_path / f"b.{ending}", RELEASE)
    a, b = (tables.read_table(tmp_path / name) for name in ("a.parquet", f"b.{ending}"))
    assert [float(x) for x in b["pd"].to_pylist()] == a["pd"].to_pylist()
    assert b["reason_1"].to_pylist() == (a["reason_1"].to_pylist() if ending == "parquet" else _text(a["reason_1"]))


def test_small_pieces_give_the_same_file(scorer, source, tmp_path, monkeypatch):
    batch.score_file(scorer, source, tmp_path / "whole.csv", RELEASE)
    monkeypatch.setattr(tables, "BLOCK_BYTES", 4000)
    assert len(list(tables.iter_tables(source, ["ID", "AGE"]))) > 5
    batch.score_file(scorer, source, tmp_path / "pieces.csv", RELEASE)
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "pieces.csv").read_bytes()


def test_the_outcome_and_protected_columns_need_not_be_there(scorer, source, taiwan_rows, tmp_path):
    names = ["SEX", "EDUCATION", "MARRIAGE", "AGE", "default payment next month"]
    pa_csv.write_csv(taiwan_rows.drop_columns(names), tmp_path / "new.csv")
    batch.score_file(scorer, source, tmp_path / "a.csv", RELEASE)
    batch.score_file(scorer, tmp_path / "new.csv", tmp_path / "b.csv", RELEASE)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_row_that_breaks_the_contract_is_referred_with_what_is_wrong(scorer, source, tmp_path):
    lines = source.read_text().splitlines()
    cells = lines[3].split(",")
    cells[6] = '"99"'
    source.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n")
    summary = batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE)
    row = read(tmp_path / "out.csv")[2]
    assert (row["decision"], row["pd"], summary.broken) == ("refer", "", 1)
    assert row["reason_1"] == "The application breaks the data contract: PAY_0: found '99', expected at most 9"


def test_without_reasons_there_are_no_reason_columns(scorer, source, tmp_path):
    batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE, with_reasons=False)
    assert list(read(tmp_path / "out.csv")[0]) == ["ID", "decision", "pd", "release"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace('"PAY_2"', '"PAY_9"', 1), "column 'PAY_2' is not there"),
        (lambda text: "", "the file is empty"),
        (lambda text: text[:-30], "line 501: a quote opens a cell and no quote closes it"),
        (lambda text: text.replace("\n", "\n\xff", 2), "line 2: has a quote inside a cell"),
    ],
)
def test_a_broken_file_leaves_an_earlier_result_as_it_was(scorer, source, tmp_path, change, expected):
    (tmp_path / "out.csv").write_text("earlier")
    source.write_bytes(change(source.read_text()).encode("latin-1"))
    with pytest.raises(UserError, match=expected):
        batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE)
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.csv"}


@pytest.mark.parametrize("target", ["in.csv", "out.xlsx"])
def test_a_wrong_target_is_refused(scorer, source, tmp_path, target):
    before = source.read_bytes()
    with pytest.raises(UserError, match=target):
        batch.score_file(scorer, source, tmp_path / target, RELEASE)
    assert source.read_bytes() == before


def test_only_a_header_gives_an_empty_result(scorer, source, tmp_path):
    source.write_text(source.read_text().splitlines()[0] + "\n")
    assert batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE).rows == 0
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
        batch.score_file(scorer, source, tmp_path / "out.parquet", RELEASE)
    assert (tmp_path / "out.parquet" / "part-0").read_text() == "precious"


def test_a_target_that_cannot_be_written_is_one_message(scorer, source):
    with pytest.raises(UserError, match="cannot be written"):
        batch.score_file(scorer, source, source / "out.csv", RELEASE)


def with_ids(source, ids):
    """Put ids into the first rows of a CSV file."""
    lines = source.read_text().splitlines()
    rest = [line.split(",", 1)[1] for line in lines[1 : len(ids) + 1]]
    rows = [f"{one},{cells}" for one, cells in zip(ids, rest, strict=True)]
    source.write_text("\n".join([lines[0], *rows, *lines[len(ids) + 1 :]]) + "\n")


@pytest.mark.parametrize("block", [None, 4000])
def test_an_empty_or_repeated_id_is_referred_wherever_it_stands(scorer, source, tmp_path, monkeypatch, block):
    if block:
        monkeypatch.setattr(tables, "BLOCK_BYTES", block)
    with_ids(source, ["", "500", "500.0", "2.5", "7000", "NA"])
    summary = batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE)
    rows = read(tmp_path / "out.csv")
    expected = {0: "found '', expected a value", 2: "found '500.0', expected an id that no earlier row has"}
    expected |= {3: "found '2.5', expected an id without a fraction", 499: "found '500', expected an id that no"}
    for row, words in expected.items():
        assert (rows[row]["decision"], rows[row]["pd"]) == ("refer", "")
        assert words in rows[row]["reason_1"]
    assert summary.broken_ids == 4
    assert [row["ID"] for row in rows[:6]] == ["", "500", "500", "2.5", "7000", "NA"]


def test_what_no_float32_holds_is_referred(scorer, source, tmp_path):
    lines = source.read_text().splitlines()
    position = lines[0].split(",").index('"BILL_AMT1"')
    for row, cell in {1: "1e308", 2: "-1e39", 3: "9999999"}.items():
        cells = lines[row].split(",")
        lines[row] = ",".join([*cells[:position], cell, *cells[position + 1 :]])
    source.write_text("\n".join(lines) + "\n")
    batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE)
    rows = read(tmp_path / "out.csv")
    assert [row["pd"] == "" for row in rows[:4]] == [True, True, False, False]
    assert "found '1e308', expected a number below 3.4e38" in rows[0]["reason_1"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_extra_columns_are_passed_by_and_kept_on_request(scorer, source, taiwan_rows, tmp_path, ending):
    extra = pa.array([["=1+1", "-5", "plain", None, "\tx"][i % 5] for i in range(taiwan_rows.num_rows)])
    amount = pa.array(np.arange(taiwan_rows.num_rows) - 1)
    table = taiwan_rows.append_column("free text", extra).append_column("=amount", amount)
    write = pq.write_table if ending == "parquet" else pa_csv.write_csv
    write(table, tmp_path / f"new.{ending}")
    keep = ["=amount", "free text", "AGE"]
    summary = batch.score_file(scorer, tmp_path / f"new.{ending}", tmp_path / "out.csv", RELEASE, keep)
    rows = read(tmp_path / "out.csv")
    assert list(rows[0])[-4:] == ["release", "'=amount", "free text", "AGE"]
    assert [row["free text"] for row in rows[:5]] == ["'=1+1", "-5", "plain", "", "'\tx"]
    assert [row["'=amount"] for row in rows[:3]] == ["-1", "0", "1"]
    assert {row["release"] for row in rows} == {RELEASE}
    assert summary.marked == 200
    batch.score_file(scorer, tmp_path / f"new.{ending}", tmp_path / "out.parquet", RELEASE, keep)
    assert pq.read_table(tmp_path / "out.parquet")["free text"].to_pylist()[0] == "=1+1"


@pytest.mark.parametrize(
    ("keep", "words"),
    [("pd", "column 'pd' is not there"), ("decision", "is not there"), ("ID", "the result has a column of that name")],
)
def test_a_column_that_cannot_be_kept_is_refused(scorer, source, tmp_path, keep, words):
    with pytest.raises(UserError, match=words):
        batch.score_file(scorer, source, tmp_path / "out.csv", RELEASE, [keep])


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "\t=1", "\rx", "\n=1", "＝1"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    table, marked = harmless(pa.table({"a": [text, "x", None, "-5", "+1e3"]}))
    assert (table["a"].to_pylist(), marked) == ([f"'{text}", "x", None, "-5", "+1e3"], 1)


def test_the_release_is_named_by_its_model_and_manifest(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    assert batch.release_name(tmp_path, "forest") == "forest@44136fa355b3"


def test_the_command_says_what_was_odd_and_what_decided(release_folder, source, tmp_path):
    with_ids(source, ["", "=1+1", "7000"])
    out = tmp_path / "out.csv"
    arguments = ["score", str(source), str(out), "--release", str(release_folder), "--keep", "AGE"]
    said = CliRunner().invoke(app, arguments).output
    assert f"Decided by {batch.release_name(release_folder, 'xgboost')}." in said
    assert "break the data contract (1 by an id that is empty, not exact or repeated) and are referred" in said
    assert "1 cells begin with = + - or @ and would run in a spreadsheet: an apostrophe was put before them" in said
    assert [row["ID"] for row in read(out)[:3]] == ["", "'=1+1", "7000"]
    assert "AGE" in read(out)[0]
