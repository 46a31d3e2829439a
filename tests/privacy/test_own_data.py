"""A team's own file under data/source is DVC's; the contract names it, and Git never sees it."""

import pytest

from tests.clones import copy_repository, keep_rows, set_values

OURS = "data/source/ours.csv"


@pytest.fixture
def repository(tmp_path):
    made = copy_repository(tmp_path / "repository")
    keep_rows(made, 2000)
    made.path("data/source/taiwan_default.csv").rename(made.path(OURS))
    return made


def test_git_ignores_what_lies_there_but_for_its_hash_and_the_demonstrations(repository):
    assert (
        repository.run("git", "status", "--porcelain", "-uall", "data/source") == " D data/source/taiwan_default.csv\n"
    )
    repository.run("dvc", "add", "-q", OURS)
    found = repository.run("git", "status", "--porcelain", "-uall", "data/source").splitlines()
    assert set(found) == {" D data/source/taiwan_default.csv", f"?? {OURS}.dvc"}


def test_dvc_finds_it_without_being_told_its_name(repository):
    """Without names `dvc pull`, `push`, `status` and `gc` take what DVC keeps, but not in a folder that Git ignores."""
    repository.run("dvc", "add", "-q", OURS)
    assert f"{OURS}.dvc" in repository.run("dvc", "stage", "list", "--all", "--name-only").split()


def test_a_contract_names_a_source_that_dvc_keeps(repository):
    repository.run("dvc", "add", "-q", OURS)
    set_values(repository, "conf/data/taiwan.yaml", source=OURS)
    repository.run("takeback", "compose")
    repository.run("dvc", "repro", "-q", "configure", "split")
    repository.commit("our own data")
    repository.run("dvc", "push", "-q", f"{OURS}.dvc")
    repository.path(OURS).unlink()
    repository.run("dvc", "checkout", "-q", f"{OURS}.dvc")
    assert "up to date" in repository.run("dvc", "status", "split", "ingest", "configure")
    assert OURS not in repository.run("git", "ls-files").splitlines()
