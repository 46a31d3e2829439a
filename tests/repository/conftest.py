"""A small repository with two commits, tracked by DVC, without the pipeline."""

import shutil

import pytest

from tests.clones import Repository


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    repository = Repository(tmp_path_factory.mktemp("template"))
    repository.run("git", "init", "-q", "-b", "main")
    repository.run("dvc", "init", "-q")
    for number in ("1", "2"):
        repository.path("plain.json").write_text(f'{{"number": {number}}}')
        repository.path("big.txt").write_text(f"content {number}")
        repository.run("dvc", "add", "-q", "big.txt")
        repository.commit(f"commit {number}")
        repository.run("git", "tag", f"v{number}.0.0")
    return repository.folder


@pytest.fixture
def small(template, tmp_path):
    return Repository(shutil.copytree(template, tmp_path / "a clone, Ümläut", symlinks=True))
