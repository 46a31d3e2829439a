"""The base of a pull request is rebuilt from what Git and DVC have of it."""

import shutil

from takeback.compare.pull_request import _build_base
from tests.repository.soundness.small import edit, small_repository


def test_a_base_whose_data_dvc_keeps_is_rebuilt_from_the_remote(tmp_path):
    repository = small_repository(tmp_path / "clone", in_git=False)
    base = repository.run("git", "rev-parse", "HEAD").strip()
    edit(repository, "data/source.csv", "c\n", "e\nf\n")
    repository.run("dvc", "add", "-q", "data/source.csv")
    repository.commit("other data")
    shutil.rmtree(repository.path(".dvc/cache"))
    ran = []
    _build_base(base, tmp_path / "cache", ran.append, repository.folder)
    assert ran
    assert list((tmp_path / "cache").rglob("*"))
