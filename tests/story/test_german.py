"""Another data set: one word of configuration, no change of code."""

import json

from tests.repository import copy_repository


def test_the_whole_pipeline_on_german_credit(tmp_path):
    repository = copy_repository(tmp_path)
    repository.run("takeback", "compose", "experiment=german")
    repository.path("conf/config.yaml").write_text(
        repository.path("conf/config.yaml").read_text().replace("experiment: null", "experiment: german")
    )
    repository.run("dvc", "repro")
    for name in ("logistic", "forest", "xgboost"):
        performance = json.loads(repository.path(f"metrics/{name}/test/performance.json").read_text())
        assert performance["ranking"]["auc"] > 0.7
    assert "Champion on german: " in repository.run("takeback", "summary")
    repository.run("takeback", "score", "data/source/german_credit.csv", "decisions.parquet")
    inputs = repository.path("metrics/selection.json").read_text()
    assert "personal_status" not in inputs
    assert "foreign_worker" not in json.loads(inputs)["selected"]
