"""A fresh clone reproduces: the lock and every metric in Git come out the same."""

import pytest

from tests.clones import copy_repository


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_repository(tmp_path_factory.mktemp("fresh clone"))


def test_repro_leaves_git_status_clean(clone):
    clone.run("dvc", "repro")
    assert clone.run("git", "status", "--porcelain") == ""
    assert "up to date" in clone.run("dvc", "status")


def test_the_summary_names_the_champion_and_the_report(clone):
    printed = clone.run("takeback", "summary")
    assert "Champion on taiwan: " in printed
    assert clone.path("metrics/report.html").is_file()
