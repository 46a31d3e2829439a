"""The stage on a real release: which files it writes, and that they agree with each other."""

import json
import shutil

import numpy as np
import pytest

from takeback.assessment.metric_names import flat_metrics
from takeback.common import layout
from takeback.common.files import write_parquet
from takeback.data.ingestion import ingest
from takeback.stages import evaluate_stage

TEST_ONLY = {"intersections.json", "intervals.json", "near_threshold.json"}


@pytest.fixture(scope="module")
def run(releases, params, taiwan, taiwan_table, tmp_path_factory):
    """A function that runs the stage in a folder of its own and returns that folder."""
    base = tmp_path_factory.mktemp("evaluate")
    lenient = taiwan.model_copy(
        update={"quarantine": taiwan.quarantine.model_copy(update={"max_share": 0.5, "min_rows": 1})}
    )
    source = next(tmp_path_factory.getbasetemp().glob("releases*/xgboost"))

    def in_folder(name, repeat=0):
        folder = base / f"{name} {repeat}"
        folder.mkdir()
        (folder / "params.yaml").write_text(params["taiwan"])
        for part, rows in (("calibration", (500, 900)), ("test", (1400, 1100))):
            write_parquet(folder / layout.SPLIT[part], ingest(lenient, taiwan_table.slice(*rows)).applications)
        for target in (layout.candidate(name), layout.decision(name)):
            shutil.copytree(source / name, folder / target)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            evaluate_stage.main(name)
        return folder

    return in_folder


@pytest.fixture(scope="module")
def boosted(run):
    return run("xgboost")


def read(folder, name):
    return json.loads((folder / layout.test("xgboost") / name).read_text())


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_both_parts_have_metrics_and_the_test_part_has_its_uncertainty(boosted):
    calibration, test = (
        {path.name for path in (boosted / layout.METRICS / part / "xgboost").iterdir()}
        for part in ("calibration", "test")
    )
    assert {"performance.json", "fairness.json"} <= calibration
    assert test - calibration >= TEST_ONLY


def test_every_number_of_fairness_lies_in_its_interval(boosted):
    fairness, intervals = flat_metrics({}, read(boosted, "fairness.json")), read(boosted, "intervals.json")
    assert set(fairness) <= set(intervals)
    known = [name for name in fairness if None not in (intervals[name], fairness[name])]
    assert len(known) > 100
    assert [name for name in known if not intervals[name][0] <= fairness[name] <= intervals[name][1]] == []


def test_intersections_have_the_applicants_of_the_attribute(boosted):
    sexes = read(boosted, "fairness.json")["sex"]["groups"]
    pairs = read(boosted, "intersections.json")["age x sex"]["groups"]
    summed = {sex: sum(of["count"] for pair, of in pairs.items() if pair.endswith(f" x {sex}")) for sex in sexes}
    assert summed == {sex: row["count"] for sex, row in sexes.items()}


def test_thresholds_are_those_of_the_policy(boosted):
    near = read(boosted, "near_threshold.json")
    policy = json.loads((boosted / layout.decision("xgboost") / "policy.json").read_text())
    assert policy.pop("thin_files") == "refer"
    assert {name: of["value"] for name, of in near["thresholds"].items()} == policy
    assert 0 < near["flips"]["share"] < 0.5


@pytest.mark.parametrize("name", ["xgboost", "rule"])
def test_twice_gives_the_same_bytes(run, name):
    assert files(run(name, 1)) == files(run(name, 2))


def test_the_rule_approves_nobody_and_has_no_ratio(run):
    folder = run("rule")
    intervals = json.loads((folder / layout.test("rule") / "intervals.json").read_text())
    assert {limits for name, limits in intervals.items() if name.endswith("approval_ratio")} == {None}
    assert np.all(np.array(intervals["sex.female.approval_rate"]) < 0.01)
