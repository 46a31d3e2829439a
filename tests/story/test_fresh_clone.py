"""A fresh clone reproduces: the lock and every metric in Git come out the same."""

import pytest

from tests.clones import copy_repository


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_repository(tmp_path_factory.mktemp("fresh clone"))


def test_git_changes_no_byte_where_lines_end_otherwise(clone, tmp_path):
    for setting in ("core.autocrlf=true", "core.eol=crlf"):
        other = tmp_path / setting
        clone.run("git", "clone", "-q", "-c", setting, str(clone.folder), str(other))
        names = clone.run("git", "ls-files").splitlines()
        assert [name for name in names if (other / name).read_bytes() != clone.path(name).read_bytes()] == []


@pytest.mark.long
def test_repro_leaves_git_status_clean(clone):
    clone.run("dvc", "repro")
    assert clone.run("git", "status", "--porcelain") == ""
    assert "up to date" in clone.run("dvc", "status")


@pytest.mark.long
def test_the_summary_names_the_champion_and_the_report(clone):
    printed = clone.run("takeback", "summary")
    assert "Champion on taiwan: " in printed
    assert clone.path("metrics/report.html").is_file()


@pytest.mark.long
def test_the_readme_shows_what_is_printed(clone):
    readme = clone.path("README.md").read_text()
    assert clone.run("takeback", "summary").strip() in readme
    printed = clone.run("takeback", "score", "data/source/taiwan_default.csv", "../decisions.csv")
    assert printed.strip() in readme
    assert "\n".join(clone.path("../decisions.csv").read_text().split("\n")[:3]) in readme
