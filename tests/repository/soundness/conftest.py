import shutil

import pytest

from tests.clones import Repository
from tests.repository.soundness.small import edit, release, small_repository


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A small repository with one pushed release; only to be copied."""
    return small_repository(tmp_path_factory.mktemp("upkeep") / "Kredit ö" / "repository")


@pytest.fixture(scope="session")
def larger(small, tmp_path_factory):
    """The same with a second release, and between them a commit that no tag or branch names; only to be copied."""
    repository = copied(small, tmp_path_factory.mktemp("larger"))
    for share, name in (("0.6", "y"), ("0.7", "z")):
        edit(repository, "params.yaml", "share", f"x{share[-1]}: 1, share")
        edit(repository, "data/source.csv", repository.path("data/source.csv").read_text()[0], name)
        repository.run("dvc", "repro", "-q")
        repository.commit(name)
    release(repository, "v2.0.0")
    return repository


@pytest.fixture
def repository(small, tmp_path):
    """A copy of the small repository and its remote, to spoil."""
    return copied(small, tmp_path)


@pytest.fixture
def two(larger, tmp_path):
    """A copy of the repository with two releases and its remote, to spoil."""
    return copied(larger, tmp_path / "two")


def copied(repository, folder):
    shutil.copytree(repository.folder.parent, folder / "Kredit ö", symlinks=True)
    copy = Repository(folder / "Kredit ö" / "repository")
    copy.environment |= {"PYTHONPATH": repository.environment["PYTHONPATH"]}
    return copy
