"""A fresh clone reproduces: the lock and every metric in Git come out the same."""

import pytest

from tests.clones import copy_repository


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_repository(tmp_path_factory.mktemp("fresh clone"))


@pytest.fixture(scope="module")
def reproduced(clone):
    """The clone after `dvc repro`: each test may run in a process of its own."""
    clone.run("dvc", "repro")
    return clone


def test_git_changes_no_byte_where_lines_end_otherwise(clone, tmp_path):
    for setting in ("core.autocrlf=true", "core.eol=crlf"):
        other = tmp_path / setting
        clone.run("git", "clone", "-q", "-c", setting, str(clone.folder), str(other))
        names = clone.run("git", "ls-files").splitlines()
        assert [name for name in names if (other / name).read_bytes() != clone.path(name).read_bytes()] == []


@pytest.mark.long
def test_repro_leaves_git_status_clean(reproduced):
    assert reproduced.run("git", "status", "--porcelain") == ""
    assert "up to date" in reproduced.run("dvc", "status")


@pytest.mark.long
def test_the_summary_names_the_champion_and_the_report(reproduced):
    printed = reproduced.run("takeback", "summary")
    assert "Champion on taiwan: " in printed
    assert reproduced.path("metrics/report.html").is_file()


@pytest.mark.long
def test_the_readme_shows_what_is_printed(reproduced):
    readme = reproduced.path("README.md").read_text()
    assert reproduced.run("takeback", "summary").strip() in readme
    printed = reproduced.run("takeback", "score", "data/source/taiwan_default.csv", "../decisions.csv")
    assert printed.strip() in readme
    assert "\n".join(reproduced.path("../decisions.csv").read_text().split("\n")[:3]) in readme
