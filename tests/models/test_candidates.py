"""Every candidate behind the one interface."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from takeback.common.errors import UserError
from takeback.models.candidates import fit
from takeback.models.cross_validation import cross_validated_auc
from takeback.models.importance import contributions, native_booster
from takeback.models.packaged import load_model, save_model

FITTED = ["logistic", "forest", "xgboost"]


@pytest.fixture(scope="module")
def candidates(taiwan_config, training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    return {name: fit(taiwan_config, name, training, folder / name) for name in FITTED}


@pytest.mark.parametrize("name", FITTED)
def test_it_ranks(candidates, taiwan_config, training, name):
    assert roc_auc_score(training.bad, candidates[name].model.margin(training.matrix)) > 0.8
    folds = cross_validated_auc(candidates[name].estimator, training, 3, taiwan_config.training.seed)
    assert len(folds) == 3
    assert np.mean(folds) > 0.78


@pytest.mark.parametrize("name", FITTED)
def test_the_margin_moves_only_in_the_declared_direction(candidates, name):
    model = candidates[name].model
    assert (np.diff(model.margin(_rising(0, np.arange(0, 4, 0.5)))) >= 0).all()
    assert (np.diff(model.margin(_rising(1, np.arange(-2, 2, 0.1)))) <= 0).all()


@pytest.mark.parametrize("name", FITTED)
def test_it_comes_back_from_its_files_with_the_same_bits(candidates, training, tmp_path, name):
    save_model(tmp_path, candidates[name].model)
    loaded = load_model(tmp_path)
    assert loaded.inputs == training.names
    assert (loaded.margin(training.matrix) == candidates[name].model.margin(training.matrix)).all()


@pytest.mark.parametrize("name", ["forest", "xgboost"])
def test_fitting_again_gives_the_same_packaged_bytes(candidates, taiwan_config, training, tmp_path, name):
    again = fit(taiwan_config, name, training, tmp_path)
    assert again.model.onnx == candidates[name].model.onnx


@pytest.mark.parametrize("name", ["forest", "xgboost"])
def test_the_packaged_form_agrees_with_xgboost(candidates, training, name):
    native = native_booster(candidates[name].estimator).inplace_predict(training.matrix, predict_type="margin")
    assert np.abs(candidates[name].model.margin(training.matrix) - native).max() < 2e-6


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("size", [1, 2, 3, 17, 64, 1000])
def test_a_row_has_the_same_bits_in_any_batch(candidates, training, name, size):
    model, matrix = candidates[name].model, training.matrix
    pieces = [model.margin(matrix[i : i + size]) for i in range(0, len(matrix), size)]
    assert (np.concatenate(pieces) == model.margin(matrix)).all()


@pytest.mark.parametrize("name", FITTED)
def test_noise_contributes_least(candidates, training, name):
    size = np.abs(contributions(candidates[name].estimator, candidates[name].model, training.matrix)).mean(axis=0)
    assert size.argmin() == 2


def test_balanced_weights_raise_the_mean_margin(candidates, taiwan_config, training, tmp_path):
    balanced = taiwan_config.model["logistic"].model_copy(update={"class_weight": "balanced"})
    settings = taiwan_config.model_copy(update={"model": {**taiwan_config.model, "logistic": balanced}})
    shifted = fit(settings, "logistic", training, tmp_path).model.margin(training.matrix)
    bad_rate = training.bad.mean()
    assert np.sign(shifted.mean() - candidates["logistic"].model.margin(training.matrix).mean()) == np.sign(
        0.5 - bad_rate
    )


def test_the_learning_curve_has_training_and_validation_loss(candidates):
    curve = candidates["xgboost"].curve
    assert [row["round"] for row in curve] == list(range(1, len(curve) + 1))
    assert curve[-1]["train_logloss"] < curve[0]["train_logloss"]
    assert curve[candidates["xgboost"].details["rounds"] - 1]["validation_logloss"] == min(
        row["validation_logloss"] for row in curve
    )


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path):
    with pytest.raises(UserError, match=r"holds no model .*dvc"):
        load_model(tmp_path)


def _rising(column, values):
    matrix = np.zeros((len(values), 3), dtype=np.float32)
    matrix[:, column] = values
    return matrix
