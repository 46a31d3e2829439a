"""What the split says of its parts, counted again from the files that it wrote."""

import json

import pyarrow.parquet as pq
import pytest
import yaml

from takeback.common import layout
from takeback.common.files import write_parquet
from takeback.data.ingestion import ingest
from takeback.stages import split_stage


@pytest.fixture
def split_into(params, taiwan, taiwan_table, tmp_path, monkeypatch):
    """A function that divides 2,000 applications, with some settings changed, and returns metrics/split.json."""
    monkeypatch.chdir(tmp_path)
    lenient = taiwan.model_copy(update={"quarantine": taiwan.quarantine.model_copy(update={"max_share": 0.5})})
    write_parquet(layout.APPLICATIONS, ingest(lenient, taiwan_table.slice(0, 2000)).applications)

    def run(**changes):
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(yaml.safe_load(params["taiwan"]) | changes))
        split_stage.main()
        return json.loads(layout.SPLIT_METRICS.read_text())

    return run


def bads(part):
    return pq.read_table(layout.SPLIT[part])["bad"].to_pylist()


def test_rows_and_bad_rates_are_those_of_the_parts(split_into):
    said = split_into()
    counted = {part: bads(part) for part in ("train", "calibration", "test")}
    assert {part: of["rows"] for part, of in said["parts"].items()} == {part: len(of) for part, of in counted.items()}
    assert {part: of["bad_rate"] for part, of in said["parts"].items()} == pytest.approx(
        {part: sum(of) / len(of) for part, of in counted.items()}, rel=1e-9
    )
    assert (said["scenario"], said["flipped_labels"]) == (None, 0)


def test_a_scenario_is_told_and_touches_the_training_part_alone(split_into):
    split_into()
    true = {part: bads(part) for part in ("train", "calibration", "test")}
    said = split_into(scenario={"attribute": "sex", "group": "male", "share": 0.5, "seed": 1})
    planted = {part: bads(part) for part in true}
    assert said["flipped_labels"] == sum(planted["train"]) - sum(true["train"]) > 50
    assert said["scenario"].startswith("BIAS SCENARIO")
    assert (planted["calibration"], planted["test"]) == (true["calibration"], true["test"])


def test_the_outcomes_of_few_are_not_told(split_into):
    said = split_into(privacy={"min_cell": 100_000, "quarantine_rows": False})
    assert {of["bad_rate"] for of in said["parts"].values()} == {None}
