import json
import math
import signal
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeback.common.errors import UserError
from takeback.common.files import (
    parse_json,
    read_json,
    read_parquet,
    replacing,
    rounded,
    sha256,
    thread_count,
    write_csv,
    write_json,
    write_parquet,
    write_text,
)
from takeback.common.half_written import is_held

TABLE = pa.table({"text": ["é,1", None], "number": [1 / 3, math.nan]})
KILLED = """
import os, signal, sys
from pathlib import Path
from takeback.common.files import replacing
with replacing(Path(sys.argv[1])) as new:
    new.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""

WRITES = """
import sys
from pathlib import Path
from takeback.common.files import write_text
for number in range(300):
    write_text(Path(sys.argv[1]), str(number))
"""


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "folder" / "file.txt"
    write_text(path, "old")
    return path


def test_a_file_is_replaced_as_a_whole(old):
    with replacing(old) as new:
        new.write_text("new")
        assert old.read_text() == "old"
    assert old.read_text() == "new"
    assert list(old.parent.iterdir()) == [old]


def test_an_error_leaves_the_old_file_and_nothing_else(old):
    with pytest.raises(ZeroDivisionError), replacing(old) as new:
        new.write_text("half")
        raise ZeroDivisionError
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_a_killed_process_leaves_the_old_file(old):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert old.read_text() == "old"


def test_what_a_killed_process_left_goes_with_the_next_run_and_nothing_else_does(old):
    others = [old.parent / name for name in (".other.txt.abcd1234", ".file.txt.abcd123", ".file.txt.mine0001")]
    for folder in others:
        folder.mkdir()
    (others[2] / "a person's").touch()
    subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False)
    assert len(list(old.parent.iterdir())) == 5
    write_text(old, "new")
    assert sorted(old.parent.iterdir()) == sorted([old, *others])


def test_of_two_that_write_one_file_at_once_none_takes_the_others_folder(old):
    with replacing(old) as one:
        one.write_text("one")
        assert is_held(one.parent)
        with replacing(old) as two:
            two.write_text("two")
        assert (old.read_text(), one.read_text()) == ("two", "one")
    assert old.read_text() == "one"
    assert list(old.parent.iterdir()) == [old]


def test_many_processes_write_one_file_and_some_are_killed(old):
    command = [sys.executable, "-c", WRITES, str(old)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    for _ in range(10):
        subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False)
    assert [writer.communicate(timeout=60)[1] for writer in writers] == [b""] * 4
    write_text(old, "new")
    assert list(old.parent.iterdir()) == [old]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    for content in ("one", "two"):
        with replacing(tmp_path / "folder") as new:
            new.mkdir()
            (new / content).touch()
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["two"]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_error_leaves_the_old_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one").touch()
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "folder") as new:
        new.mkdir()
        raise ZeroDivisionError
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["one"]


def test_numbers_are_rounded_and_what_is_not_finite_is_null():
    value = {"a": [np.float64(1 / 3), np.int64(7), True], "b": (math.inf, np.float32("nan")), "c": 1e-20 / 3}
    assert rounded(value) == {"a": [0.3333333333, 7, True], "b": [None, None], "c": 3.333333333e-21}


def test_json_is_sorted_and_valid_and_read_back(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"b": math.nan, "a": 2 / 3, "é": [1]})
    assert path.read_bytes().decode() == '{\n  "a": 0.6666666667,\n  "b": null,\n  "é": [\n    1\n  ]\n}\n'
    assert read_json(path) == json.loads(path.read_bytes()) == {"a": 0.6666666667, "b": None, "é": [1]}


@pytest.mark.parametrize(("write", "name"), [(write_csv, "t.csv"), (write_parquet, "t.parquet")])
def test_the_same_table_gives_the_same_bytes(tmp_path, write, name):
    write(tmp_path / "a" / name, TABLE)
    write(tmp_path / "b" / name, TABLE.replace_schema_metadata({"when": "now"}))
    assert sha256(tmp_path / "a" / name) == sha256(tmp_path / "b" / name)


def test_parquet_has_no_metadata_of_the_run(tmp_path):
    write_parquet(tmp_path / "t.parquet", TABLE.replace_schema_metadata({"when": "now"}))
    assert pq.read_metadata(tmp_path / "t.parquet").metadata is None


def test_csv_is_rounded_and_quoted(tmp_path):
    write_csv(tmp_path / "t.csv", TABLE)
    assert (tmp_path / "t.csv").read_bytes().decode() == 'text,number\n"é,1",0.3333333333\n,\n'


def test_parquet_keeps_every_bit(tmp_path):
    write_parquet(tmp_path / "t.parquet", TABLE)
    assert read_parquet(tmp_path / "t.parquet")["number"][0].as_py() == 1 / 3


@pytest.mark.parametrize("read", [read_json, read_parquet])
def test_what_cannot_be_read_is_a_user_error(tmp_path, read):
    with pytest.raises(UserError, match=r"none: there is no such file. `dvc repro` makes it"):
        read(tmp_path / "none")
    (tmp_path / "cut").write_text("{")
    with pytest.raises(UserError, match=r"cut: not readable as .* Run `dvc repro`"):
        read(tmp_path / "cut")


def test_a_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "empty").touch()
    assert sha256(tmp_path / "empty").startswith("e3b0c44298fc1c149afb")


def test_threads_are_as_many_as_asked_for(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert thread_count() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert thread_count() >= 1


def test_a_key_that_is_there_twice_among_many_is_found_at_once():
    names = [f'"k{i:x}": 0' for i in range(200_000)]
    with pytest.raises(ValueError, match="the key 'k7' is there twice"):
        parse_json(f"{{{', '.join([*names, names[7]])}}}".encode())
