"""What a candidate is trained on, with and without reweighing."""

import numpy as np
import pytest
import yaml

from takeback.config.params import load_params
from takeback.data.ingestion import ingest
from takeback.models.training import reweighing, training_of
from takeback.preparation.parts import frame_of, part_of


@pytest.fixture
def bank(params, taiwan, taiwan_rows, tmp_path):
    """A function that reads the training data of a small bank with some attributes reweighed."""
    contract = taiwan.model_copy(update={"quarantine": taiwan.quarantine.model_copy(update={"min_rows": 1})})
    part = part_of(contract, frame_of(ingest(contract, taiwan_rows).applications))

    def read(name, *attributes):
        settings = yaml.safe_load(params["taiwan"])
        settings["training"]["reweigh"] = list(attributes)
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
        return training_of(load_params(tmp_path / "params.yaml"), name, part, ["LIMIT_BAL", "PAY_0"])

    return read


@pytest.mark.parametrize("name", ["rule", "logistic", "forest", "xgboost"])
def test_without_attributes_every_row_counts_one(bank, name):
    assert (bank(name).weight == 1).all()


def test_attributes_are_weights_and_no_inputs(bank, taiwan, taiwan_rows):
    plain, reweighed = bank("xgboost"), bank("xgboost", "sex", "age")
    assert reweighed.names == plain.names == ("LIMIT_BAL", "PAY_0")
    assert (reweighed.matrix == plain.matrix).all()
    sex = np.where(np.array(taiwan_rows["SEX"].to_pylist()) == "1", "male", "female")
    age = np.digitize(np.array(taiwan_rows["AGE"].to_pylist(), dtype=float), [25, 35, 50]).astype(str)
    assert reweighed.weight == pytest.approx(reweighing(plain.bad, [sex, age]))
