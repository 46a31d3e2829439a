import pytest
import yaml

from takeback.common.files import write_json, write_text
from takeback.data.ingestion import ingest
from takeback.extras.alternatives.search_settings import Search
from takeback.extras.alternatives.space import with_changes
from takeback.extras.alternatives.trials import Subject
from takeback.preparation.parts import frame_of, joined, read_part, write_frame
from takeback.preparation.splitting import split

JUDGED = (("age", "under_25"), ("education", "high_school"), ("sex", "male"))
SMALL = {
    "model.xgboost.max_rounds": 6,
    "model.xgboost.early_stopping_rounds": 3,
    "model.forest.trees": 4,
    "training.reweigh": [],
    "features.exclude": [],
    "data.quarantine.min_rows": 1,
    "gate.min_group_size": 20,
}


@pytest.fixture(scope="session")
def base(params):
    """Settings of small models."""
    return with_changes(yaml.safe_load(params["taiwan"]), SMALL)


@pytest.fixture(scope="session")
def small_search():
    return Search(
        kinds=("logistic", "xgboost"),
        families={"limit": ("LIMIT_BAL", "headroom"), "late": ("PAY_5", "PAY_6")},
        drop_directions=True,
        choices={"training.reweigh": (["age"],), "model.xgboost.max_depth": (2,), "policy.max_referral_rate": (0.1,)},
        mixes=({"out": ("limit", "late"), "settings": {"training.reweigh": ["age"]}},),
        resplits=2,
        finalists=3,
        confirmations=2,
    )


@pytest.fixture(scope="session")
def bank_folder(base, taiwan_config, taiwan_table, tmp_path_factory):
    """A folder as the pipeline leaves it, with 900 applicants, but for the test part."""
    folder = tmp_path_factory.mktemp("bank")
    contract = taiwan_config.data.model_copy(
        update={"quarantine": taiwan_config.data.quarantine.model_copy(update={"min_rows": 1})}
    )
    parts = split(contract, taiwan_config.split, frame_of(ingest(contract, taiwan_table.slice(0, 900)).applications))
    for name, table in parts.items():
        write_frame(folder / "data" / "split" / f"{name}.parquet", table)
    write_text(folder / "params.yaml", yaml.safe_dump(base))
    write_json(folder / "metrics" / "champion.json", {"champion": "xgboost"})
    return folder


@pytest.fixture(scope="session")
def subject(bank_folder, base, taiwan):
    parts = [read_part(taiwan, bank_folder / "data" / "split" / f"{name}.parquet") for name in ("train", "calibration")]
    return Subject(base, joined(*parts), JUDGED)
