import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeback.common.errors import UserError
from takeback.data import tables
from takeback.data.tables import check_header, count_rows, is_parquet, iter_tables, read_header, read_table

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
        ("t.csv", b"a,b\n1,2\n3\n", "Expected 2 columns, got 1"),
        ("t.csv", b"a,b\n1,2,3\n", "Expected 2 columns, got 3"),
        ("t.csv", "a,b\n1,é\n".encode("latin-1"), "not UTF-8 text"),
        ("t.csv", b"a,b\n" + b"1,2\n" * 9000 + b"1,\xe9\n", "invalid UTF8"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16"), "not UTF-8 text"),
        ("t.csv", b'"' + b"x" * 200_000, "t.csv"),
        ("t.parquet", b"", "Is the file cut off?"),
        ("t.parquet", b"PAR1 and no more", "Is the file cut off?"),
        ("t.xlsx", b"a,b\n", "expected a name that ends in .csv or .parquet"),
    ],
)
def test_what_cannot_be_read_is_a_user_error(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    for read in (read_table, lambda path: list(iter_tables(path, read_header(path)))):
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
    assert "column 'b' is not there; column 'z' is not in the contract; column 'a' is there twice" in str(error.value)
    assert "Expected the columns a, b, c." in str(error.value)
    check_header(tmp_path / "t.csv", ["c", "b", "a"], ["a", "b"], ["a", "b", "c"])
