"""An output never takes the place of what it did not make."""

import os

import pytest

from takeback.cli.pr_report import _check_output
from takeback.common.errors import UserError
from takeback.common.files import write_text


def test_a_report_replaces_an_earlier_report_alone(tmp_path):
    _check_output(tmp_path / "new")
    (tmp_path / "report.md").write_text("old")
    _check_output(tmp_path)
    (tmp_path / "notes.md").write_text("mine")
    with pytest.raises(UserError, match=r"holds notes\.md"):
        _check_output(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UserError, match="is no folder"):
        _check_output(tmp_path / "link")


def test_a_file_replaces_no_folder_and_no_pipe(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").write_text("mine")
    os.mkfifo(tmp_path / "pipe")
    for name, words in {"folder": "is a folder", "pipe": "is a pipe"}.items():
        with pytest.raises(UserError, match=words):
            write_text(tmp_path / name, "text")
    assert (tmp_path / "folder" / "mine").read_text() == "mine"
    assert (tmp_path / "pipe").is_fifo()
