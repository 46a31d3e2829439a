"""The project's own first stages, rebuilt from Git alone; the small pipeline of the other tests covers the rest."""

import re

import pytest
import yaml

from tests.clones import copy_repository, keep_rows

FIRST = ("configure", "ingest", "split", "select", "train")


@pytest.mark.long
def test_the_first_stages_on_2000_rows_are_identical(tmp_path):
    repository = copy_repository(tmp_path / "Kredit ö" / "repository")
    keep_rows(repository, 2000)
    content = yaml.safe_load(repository.path("dvc.yaml").read_text())
    stages = {name: content["stages"][name] for name in FIRST}
    stages["train"]["matrix"] = {"model": ["rule", "logistic"]}
    repository.path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}, sort_keys=False))
    repository.path("dvc.lock").unlink()
    repository.run("dvc", "repro", "-q")
    repository.commit("v1.0.0")
    repository.run("git", "tag", "v1.0.0")
    printed = repository.run("takeback", "verify", "v1.0.0")
    assert "lightweight tag, not signed" in printed
    assert re.search(r"(\d+) of \1 outputs are identical", printed)
