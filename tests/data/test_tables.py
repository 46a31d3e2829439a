import os
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeback.common.errors import UserError
from takeback.data import tables
from takeback.data.table_files import check_header, check_target, is_parquet
from takeback.data.tables import check_columns, count_rows, iter_tables, read_header, read_table, read_types

ROWS = pa.table({"a": ["01", "", "x"], "b": ["1.0", "NA", "y,z"]})


@pytest.fixture(params=["t.csv", "t.parquet"])
def path(request, tmp_path):
    path = tmp_path / request.param
    pq.write_table(ROWS, path) if is_parquet(path) else path.write_text('a,b\n01,1.0\n"",NA\nx,"y,z"\n')
    return path


def test_cells_stay_as_they_are(path):
    assert read_header(path) == ["a", "b"]
    assert read_table(path).to_pydict() == ROWS.to_pydict()
    assert count_rows(path) == 3


def test_pieces_make_the_whole(path, monkeypatch):
    monkeypatch.setattr(tables, "BLOCK_BYTES", 16)
    monkeypatch.setattr(tables, "BATCH_ROWS", 2)
    monkeypatch.setattr(tables, "FEW_ROWS", 1)
    pieces = list(iter_tables(path, ["a", "b"]))
    assert len(pieces) > 1
    assert pa.concat_tables(pieces).to_pydict() == ROWS.to_pydict()
    assert [piece.column_names for piece in iter_tables(path, ["b"])] == [["b"]] * len(pieces)


def test_a_byte_order_mark_is_not_part_of_the_name(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8-sig")
    assert read_header(tmp_path / "t.csv") == ["a", "b"] == read_table(tmp_path / "t.csv").column_names


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"", "the file is empty; expected a header line and rows"),
        ("t.csv", b"\n\r\n", "the file is empty"),
        ("t.csv", b"a,b\n1,2\n3\n", "t.csv, line 3: found 1 cells, expected 2 as in the header"),
        ("t.csv", b"a,b\n\n1,2\n1,2,3\n", "t.csv, line 4: found 3 cells"),
        ("t.csv", b'a,b\n"1\n1",2\n1,2,3\n', "t.csv, line 4: found 3 cells"),
        ("t.csv", b"a,b\n1,2\n   \n", "t.csv, line 3: found 1 cells"),
        (
            "t.csv",
            "a,b\n1,M\u00fcller\n".encode("latin-1"),
            "line 2, column 'b': is not UTF-8 (in Windows-1252 it would",
        ),
        ("t.csv", b"a,b\n" + b"1,2\n" * 9000 + b"1,\xe9\n", "line 9002, column 'b': is not UTF-8"),
        ("t.csv", b"a,\xe9\n1,2\n", "line 1: the column name '\ufffd' is not text in UTF-8"),
        ("t.csv", b'a,b\n1,2\n"1"2,3\n', "line 3: has a quote inside a cell, near"),
        ("t.csv", b'a,b\n1,2\n1"2,3\n', "line 3: has a quote inside a cell"),
        ("t.csv", b'a,b\n1,"2\n3,4\n', "line 2: a quote opens a cell and no quote closes it"),
        ("t.csv", b'a,b\n1,"2\n3,4\n5,"6"\n', "line 4: has a quote inside a cell"),
        ("t.csv", b'a,"b\n1,2\n', "line 1: a quote opens a cell and no quote closes it"),
        ("t.csv", b"a,b\n1,2\n1,\x002\n", "line 3: has a byte that is 0"),
        ("t.csv", b'"' + b"x" * 200_000, "line 1: a quote opens"),
        ("t.csv", b"a,b\n1," + b"x" * 200_000 + b"\n1\n", "line 3: found 1 cells, expected 2"),
        ("t.csv", b" " * (17 << 20), "a line has more than 16 MB"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16"), "t.csv: is UTF-16 text, not what its name says. Save it as UTF-8"),
        ("t.csv", b"\x1f\x8b\x08", "compressed by gzip"),
        ("t.csv", b"PK\x03\x04", "an Excel workbook"),
        ("t.csv", b"PAR1", "a Parquet file"),
        ("t.csv", b"BZh91AY&SY", "compressed by bzip2"),
        ("t.csv", b"<!DOCTYPE html><table>", "is HTML or XML"),
        ("t.parquet", b"", "is empty"),
        ("t.parquet", b"a,b\n1,2\n", "is no Parquet file"),
        ("t.parquet", b"PARE", "is an encrypted Parquet file"),
        ("t.parquet", b"PAR1 and no more", "Is the file cut off?"),
        ("t.xlsx", b"a,b\n", "expected a name that ends in .csv or .parquet"),
    ],
)
def test_what_cannot_be_read_is_a_user_error(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    for read in (read_table, lambda path: (count_rows(path), list(iter_tables(path, read_header(path))))):
        with pytest.raises(UserError) as error:
            read(tmp_path / name)
        assert name in str(error.value)
        assert words in str(error.value)


@pytest.mark.parametrize("read", [read_header, read_table, count_rows])
def test_no_file_and_a_folder_are_user_errors(tmp_path, read):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match=r"none\.csv: there is no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UserError, match=r"folder\.csv: is a folder"):
        read(tmp_path / "folder.csv")


def test_damage_inside_a_parquet_file_is_a_user_error(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [f"text {i}" for i in range(1000)]}), path)
    content = bytearray(path.read_bytes())
    content[4:40] = bytes(36)
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"t\.parquet"):
        read_table(path)


def test_every_problem_of_a_header_is_named(tmp_path):
    with pytest.raises(UserError) as error:
        check_header(tmp_path / "t.csv", ["a", "a", "z"], ["a", "b"], ["a", "b", "c"])
    assert "column 'b' is not there; column 'z' is not in the contract (remove it from the file" in str(error.value)
    assert "column 'a' is there twice" in str(error.value)
    assert "Expected the columns a, b, c." in str(error.value)
    check_header(tmp_path / "t.csv", ["c", "b", "a"], ["a", "b"], ["a", "b", "c"])


@pytest.mark.parametrize(
    ("found", "second", "words"),
    [
        (["a;b;c"], ["1;2;3"], "its cells are divided by a semicolon. Save it with a comma between cells."),
        (["a;b;c"], ["1;2", "5;3"], "by a semicolon. Save it with a comma between cells, and a decimal point"),
        (["a\tb\tc"], ["1\t2\t3"], "divided by a tab"),
        (["A", "B ", "c"], [], "column 'a' is not there, 'A' is; write it as in the contract; column 'b' is not"),
        (["My report", "", ""], ["a", "b", "c"], "the column names stand in the second line"),
        (["1", "2", "3"], ["1", "2", "3"], "column 'a' is not there"),
    ],
)
def test_a_header_that_differs_has_a_hint(tmp_path, found, second, words):
    with pytest.raises(UserError) as error:
        check_header(tmp_path / "t.csv", found, ["a", "b", "c"], None, second)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@pytest.mark.parametrize("read", [read_header, read_table, count_rows, check_target])
def test_a_pipe_is_refused_without_waiting(tmp_path, name, read):
    os.mkfifo(tmp_path / name)
    with pytest.raises(UserError, match="is a pipe, socket or device; expected"):
        read(tmp_path / name)


def test_text_stored_as_bytes_is_text(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": pa.array([b"x", None]), "b": pa.array([b"yz", b"z0"], pa.binary(2))}), path)
    expected = {"a": ["x", None], "b": ["yz", "z0"]}
    assert read_table(path).to_pydict() == next(iter_tables(path, ["a", "b"])).to_pydict() == expected
    assert read_types(path, ["a", "b"]) == [pa.string()] * 2
    pq.write_table(pa.table({"a": pa.array([b"\xff"])}), path)
    with pytest.raises(UserError, match=r"t\.parquet"):
        read_table(path)


def test_a_header_in_another_case_is_one_cause(tmp_path):
    with pytest.raises(UserError, match=r"4 column names have another case .*: 'A' is not there, 'a' is; write it as"):
        check_header(tmp_path / "t.csv", list("abcdE"), list("ABCDE"))


@pytest.mark.parametrize("name", ["PARENT_ID", "PAR1", "BZhirk", "ARROW1", "%PDF", "<30 days late"])
def test_a_column_may_begin_as_another_kind_of_file_does(tmp_path, name):
    (tmp_path / "t.csv").write_text(f"{name},b\n1,2\n")
    assert read_header(tmp_path / "t.csv") == [name, "b"]


@pytest.mark.parametrize("row", [1, 3])
def test_a_long_cell_is_a_cell_wherever_it_stands(tmp_path, row):
    rows = [["1", "2"], ["1", "2"], ["1", "2"]]
    rows[row - 1][0] = "x" * 200_000
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{','.join(cells)}\n" for cells in rows))
    check_columns(tmp_path / "t.csv", ["b"])
    assert pa.concat_tables(iter_tables(tmp_path / "t.csv", ["a"]))["a"][row - 1].as_py() == rows[row - 1][0]


def test_long_cells_come_in_small_pieces(tmp_path):
    """A Parquet file of some kilobytes can hold gigabytes of text, since it stores a text once."""
    table = pa.table({"a": pa.array(["x" * 20_000] * 20_000)})
    pq.write_table(table, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 200_000
    pieces = [piece.nbytes for piece in iter_tables(tmp_path / "t.parquet", ["a"])]
    assert max(pieces) < 200e6
    assert sum(pieces) > 400e6


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pa.array([1], pa.timestamp("us", "UTC+2")), "column 'a' has the time zone 'UTC+2', which this machine"),
        (pa.array([1], pa.duration("s")), "column 'a' holds spans of time"),
    ],
)
def test_a_type_that_is_no_cell_is_refused_by_name(tmp_path, column, words):
    pq.write_table(pa.table({"a": column}), tmp_path / "t.parquet")
    with pytest.raises(UserError, match=re.escape(words)):
        check_columns(tmp_path / "t.parquet", ["a"])


@pytest.mark.parametrize("kind", [pa.binary(), pa.binary(1), pa.dictionary(pa.int8(), pa.binary())])
def test_bytes_are_read_as_text_or_refused_by_the_name_of_their_column(tmp_path, kind):
    pq.write_table(pa.table({"a": pa.array([b"=", b"@"]).cast(kind)}), tmp_path / "good.parquet")
    assert [piece["a"].type for piece in iter_tables(tmp_path / "good.parquet", ["a"])] == [pa.string()]
    assert read_types(tmp_path / "good.parquet", ["a"]) == [pa.string()]
    pq.write_table(pa.table({"a": pa.array([b"a", b"\xff"]).cast(kind)}), tmp_path / "bad.parquet")
    with pytest.raises(UserError, match="column 'a' is not text in UTF-8"):
        list(iter_tables(tmp_path / "bad.parquet", ["a"]))
