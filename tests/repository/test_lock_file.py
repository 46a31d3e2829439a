"""Hashes of digits alone, and every way in which dvc.lock can be broken."""

from pathlib import Path

import pytest
from dvc.utils.serialize import dumps_yaml
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.repository.lock_file import locked_hash, quote_hashes, read_lock, refuse_unquoted_hashes, unquoted_hashes

# To YAML 1.2 each is a number without quotes: 0, one with a zero in front, 10 to the power of 12, a large one.
NUMBERS = ["0" * 32, "0" * 24 + "12345678", "1" * 29 + "e12", "12345678" * 4]
HASHES = st.text("0123456789abcdef", min_size=32, max_size=32) | st.text("0123456789e", min_size=32, max_size=32)


def lock(folder, digest, quoted=False):
    mark = "'" if quoted else ""
    text = f"schema: '2.0'\nstages:\n  one:\n    cmd: x\n    outs:\n    - path: a\n      hash: md5\n      md5: {mark}"
    (folder / "dvc.lock").write_text(f"{text}{digest}{mark}\n      size: 1\n")
    return folder


@pytest.mark.parametrize("digest", NUMBERS)
def test_a_hash_is_the_text_that_stands_there(tmp_path, digest):
    lock(tmp_path, digest)
    assert read_lock(tmp_path)["stages"]["one"]["outs"] == [{"path": "a", "hash": "md5", "md5": digest, "size": 1}]
    assert locked_hash(tmp_path / "dvc.lock", Path("a")) == digest
    assert unquoted_hashes(tmp_path) == [("one: outs", "a", digest)]
    with pytest.raises(UserError, match=f"dvc.lock: one: outs: a: {digest} has no quotes"):
        refuse_unquoted_hashes(tmp_path)
    quote_hashes(tmp_path)
    assert unquoted_hashes(tmp_path) == [] and locked_hash(tmp_path / "dvc.lock", Path("a")) == digest


@given(HASHES)
def test_what_dvc_writes_is_read_as_it_was(tmp_path_factory, digest):
    folder = tmp_path_factory.mktemp("lock")
    content = {"schema": "2.0", "stages": {"one": {"cmd": "x", "outs": [{"path": "a", "md5": digest}]}}}
    (folder / "dvc.lock").write_text(dumps_yaml(content))
    assert read_lock(folder) == content and unquoted_hashes(folder) == []
    refuse_unquoted_hashes(folder)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"stages: [", "not readable as YAML"),
        (b"stages: \xff", "not readable as YAML"),
        (b"a: 1", "found no stages"),
        (b"", "found no stages"),
        (b"stages: {one: 1}", "is not what DVC writes"),
        (b"stages: {one: {outs: 1}}", "is not what DVC writes"),
        (b"stages: {one: {outs: [1]}}", "is not what DVC writes"),
        (b"stages: {one: {outs: [{md5: x}]}}", "is not what DVC writes"),
        (b"stages: {one: {outs: [{path: 1}]}}", "is not what DVC writes"),
    ],
)
def test_a_broken_lock_is_one_message(tmp_path, content, told):
    (tmp_path / "dvc.lock").write_bytes(content)
    with pytest.raises(UserError, match=told):
        read_lock(tmp_path)


def test_no_lock_is_one_message(tmp_path):
    with pytest.raises(UserError, match=r"no such file. `dvc repro` writes it"):
        read_lock(tmp_path)
