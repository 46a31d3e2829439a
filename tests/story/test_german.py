"""Another data set: one word of configuration, no change of code."""

import json

import pytest

from takeback.config.params import load_params
from takeback.decisions.bundle import load_release, load_scorer
from takeback.decisions.scoring import score
from takeback.preparation.parts import read_part
from tests.clones import copy_repository
from tests.privacy.tracked import small_cells


@pytest.mark.long
def test_the_whole_pipeline_on_german_credit(tmp_path):
    repository = copy_repository(tmp_path)
    repository.run("takeback", "compose", "experiment=german")
    repository.path("conf/config.yaml").write_text(
        repository.path("conf/config.yaml").read_text().replace("experiment: null", "experiment: german")
    )
    repository.run("dvc", "repro")
    for name in ("logistic", "forest", "xgboost"):
        performance = json.loads(repository.path(f"metrics/test/{name}/performance.json").read_text())
        assert performance["ranking"]["auc"] > 0.7
    assert small_cells(repository.folder) == []
    assert "Champion on german: " in repository.run("takeback", "summary")
    repository.run("takeback", "score", "data/source/german_credit.csv", "decisions.parquet")
    inputs = repository.path("metrics/selection.json").read_text()
    assert "personal_status" not in inputs
    assert "foreign_worker" not in json.loads(inputs)["selected"]
    assert_release_is_what_was_evaluated(repository)


def assert_release_is_what_was_evaluated(repository):
    """The packaged release gives the decision rates that metrics/ shows, to the last applicant."""
    champion = json.loads(repository.path("metrics/champion.json").read_text())["champion"]
    contract = load_params(repository.path("params.yaml")).data
    columns = read_part(contract, repository.path("data/split/test.parquet")).columns
    parts = repository.path(f"models/candidates/{champion}"), repository.path(f"models/decisions/{champion}")
    evaluated = score(load_scorer(contract, *parts), columns)
    released = score(load_release(repository.path("models/release")).champion, columns)
    assert (released.pd == evaluated.pd).all()
    assert (released.decision == evaluated.decision).all()
