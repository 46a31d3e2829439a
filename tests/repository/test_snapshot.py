"""Other revisions are read as they were, and the worktree is left alone."""

import shutil

import pytest

from takeback.common.errors import UserError
from takeback.repository.snapshot import Snapshot


def test_files_of_git_and_of_dvc_come_from_the_revision(small):
    small.path("big.txt").unlink()
    small.path("plain.json").write_text('{"number": 3}')
    for number in (1, 2):
        snapshot = Snapshot(f"v{number}.0.0", small.folder)
        assert snapshot.json("plain.json") == {"number": number}
        assert snapshot.bytes("big.txt") == f"content {number}".encode()
    assert Snapshot(None, small.folder).json("plain.json") == {"number": 3}
    assert not small.path("big.txt").exists()


def test_a_file_is_copied_out(small, tmp_path):
    Snapshot("v1.0.0", small.folder).get("big.txt", tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_text() == "content 1"


def test_what_is_not_there_is_named_with_the_way_out(small):
    snapshot = Snapshot("v1.0.0", small.folder)
    assert snapshot.exists("plain.json")
    assert not snapshot.exists("other.json")
    with pytest.raises(UserError, match=r"v1.0.0: other.json: there is no such file.*takeback verify v1.0.0"):
        snapshot.json("other.json")


def test_an_object_that_is_nowhere_is_named(small):
    shutil.rmtree(small.path(".dvc/cache"))
    with pytest.raises(UserError, match=r"v1\.0\.0: big\.txt: .*takeback verify v1\.0\.0"):
        Snapshot("v1.0.0", small.folder).bytes("big.txt")


def test_a_corrupt_object_of_the_cache_is_never_read(small):
    """DVC takes what lies in its cache for sound."""
    small.run("dvc", "stage", "add", "-q", "-n", "copy", "-d", "big.txt", "-o", "copy.txt", "cp big.txt copy.txt")
    small.run("dvc", "repro", "-q")
    small.commit("a stage")
    assert Snapshot("HEAD", small.folder).bytes("copy.txt") == b"content 2"
    for path in small.path(".dvc/cache/files").rglob("*"):
        if path.is_file() and path.read_text() == "content 2":
            path.chmod(0o644)
            path.write_text("content 3")
    with pytest.raises(UserError, match=r"HEAD: copy.txt: .* is corrupt\. `takeback check HEAD`"):
        Snapshot("HEAD", small.folder).bytes("copy.txt")
