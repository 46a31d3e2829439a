"""Candidates added by YAML alone go through every stage, up to a release that scores."""

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import write_json, write_text
from takeback.config.composition import composed
from takeback.config.params import load_params
from takeback.decisions.bundle import load_release
from takeback.decisions.scoring import score
from takeback.preparation.parts import read_part
from takeback.stages import (
    configure_stage,
    decide_stage,
    evaluate_stage,
    ingest_stage,
    package_stage,
    select_stage,
    split_stage,
    train_stage,
)
from tests.clones import ROOT
from tests.models.others import HIST, LIGHTGBM, SPLINES

ADDED = {"hist": HIST, "splines": SPLINES, "lightgbm": LIGHTGBM}
ROWS = 3000


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A bank whose conf/ names three more candidates; all stages up to the selection have run, and the rule's."""
    folder = tmp_path_factory.mktemp("bank")
    shutil.copytree(ROOT / "conf", folder / "conf")
    lines = (ROOT / "data/source/taiwan_default.csv").read_text().splitlines()[: ROWS + 1]
    write_text(folder / "data/source/taiwan_default.csv", "\n".join(lines) + "\n")
    config = (folder / "conf/config.yaml").read_text()
    for name, settings in ADDED.items():
        write_text(folder / f"conf/model/{name}/default.yaml", yaml.safe_dump(settings, sort_keys=False))
        config = config.replace("  - calibration:", f"  - model/{name}: default\n  - calibration:")
    known = "candidates: [rule, logistic, forest, xgboost]"
    assert known in config
    write_text(folder / "conf/config.yaml", config.replace(known, f"candidates: [rule, {', '.join(ADDED)}]"))
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        write_text(folder / "params.yaml", composed())
        for stage in (configure_stage, ingest_stage, split_stage, select_stage):
            stage.main()
        for stage in (train_stage, decide_stage, evaluate_stage):
            stage.main("rule")
    return folder


@pytest.fixture(params=ADDED)
def added(bank, monkeypatch, request):
    """The name of an added candidate that went through its stages, in the bank's folder."""
    monkeypatch.chdir(bank)
    if not layout.candidate(request.param).exists():
        for stage in (train_stage, decide_stage, evaluate_stage):
            stage.main(request.param)
    return request.param


def test_it_ranks_on_the_test_part_and_its_reasons_are_audited(added):
    performance = json.loads((layout.test(added) / "performance.json").read_text())
    assert performance["ranking"]["auc"] > 0.7
    training = json.loads((layout.training(added) / "training.json").read_text())
    assert training["cross_validated_auc"]["mean"] > 0.7
    assert (training.get("directions") == "not held") == (added == "splines")
    importance = (layout.training(added) / "importance.csv").read_text().splitlines()
    assert len(importance) == training["inputs"] + 1
    assert "PAY_0" in [line.split(",")[0] for line in importance[1:8]], "the latest payment status says much"
    reasons = json.loads((layout.test(added) / "reasons.json").read_text())
    assert reasons["declined"]["with_reason"] > 0.9
    assert reasons["shapley"]["declined"]["rows"] > 0


def test_a_release_of_it_gives_the_same_scores(added):
    write_json(layout.CHAMPION, {"champion": added})
    package_stage.main()
    contract = load_params().data
    release = load_release(layout.RELEASE)
    part = read_part(contract, layout.SPLIT["test"])
    evaluated = layout.scores(added)
    scores = score(release.champion, part.columns)
    assert release.name == added
    assert (scores.pd == pq.read_table(evaluated)["pd"].to_numpy()).all()
    assert len(np.unique(scores.pd)) > 100
    manifest = json.loads((layout.RELEASE / "manifest.json").read_text())
    assert manifest["settings"]["champion"]["_target_"] == ADDED[added]["_target_"]


def test_a_wrong_parameter_stops_before_anything_runs(bank, monkeypatch):
    monkeypatch.chdir(bank)
    text = layout.SELECTION.read_bytes(), (bank / "params.yaml").read_text()
    (bank / "params.yaml").write_text(text[1].replace("max_leaf_nodes: 8", "max_leaf_knots: 8"))
    with pytest.raises(
        UserError, match=r"model\.hist\.max_leaf_knots: unknown parameter \(did you mean max_leaf_nodes"
    ):
        configure_stage.main()
    (bank / "params.yaml").write_text(text[1])
