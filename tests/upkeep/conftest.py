import shutil

import pytest

from tests.clones import Repository
from tests.upkeep.small import small_repository


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A small repository with one pushed release; only to be read."""
    return small_repository(tmp_path_factory.mktemp("upkeep") / "Kredit ö" / "repository")


@pytest.fixture
def repository(small, tmp_path):
    """A copy of it, with its remote, to spoil."""
    shutil.copytree(small.folder.parent, tmp_path / "Kredit ö", symlinks=True)
    copied = Repository(tmp_path / "Kredit ö" / "repository")
    copied.environment |= {"PYTHONPATH": small.environment["PYTHONPATH"]}
    return copied
