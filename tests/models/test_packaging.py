"""Estimators of other packages in the form that a bundle holds: the same scores, in any batch, with any thread."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from takeback.common.errors import UserError
from takeback.models.candidates import fit
from takeback.models.importance import contributions
from takeback.models.packaged import load_model, save_model
from takeback.models.packaging import TOLERANCE, probes
from tests.models.others import HIST, HOLDS_DIRECTIONS, LIGHTGBM, OTHERS, SPLINES, with_others


@pytest.fixture(scope="module")
def settings(taiwan_config):
    return with_others(taiwan_config)


@pytest.fixture(scope="module")
def fitted(settings, training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    return {name: fit(settings, name, training, folder / name) for name in OTHERS}


@pytest.mark.parametrize("name", OTHERS)
def test_it_ranks_and_gives_the_estimators_order(fitted, training, name):
    margin = fitted[name].model.margin(training.matrix)
    assert roc_auc_score(training.bad, margin) > 0.78
    theirs = fitted[name].estimator.predict_proba(training.matrix)[:, 1]
    ours = margin if name in ("trees", "extra", "tree") else 1 / (1 + np.exp(-margin))
    assert np.abs(ours - theirs).max() <= TOLERANCE


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("size", [1, 3, 17])
def test_a_row_has_the_same_bits_in_any_batch(fitted, training, name, size):
    model, matrix = fitted[name].model, training.matrix[:1000]
    pieces = [model.margin(matrix[i : i + size]) for i in range(0, len(matrix), size)]
    assert (np.concatenate(pieces) == model.margin(matrix)).all()


@pytest.mark.parametrize("name", OTHERS)
def test_it_comes_back_from_its_files_with_the_same_bits(fitted, training, tmp_path, name):
    save_model(tmp_path, fitted[name].model)
    loaded = load_model(tmp_path)
    assert loaded.inputs == training.names
    assert (loaded.margin(training.matrix) == fitted[name].model.margin(training.matrix)).all()


@pytest.mark.parametrize("name", sorted(HOLDS_DIRECTIONS))
def test_the_margin_moves_only_in_the_declared_direction(fitted, name):
    late, income = (np.zeros((60, 3), dtype=np.float32) for _ in range(2))
    late[:, 0], income[:, 1] = np.linspace(-1, 4, 60), np.linspace(-3, 3, 60)
    assert (np.diff(fitted[name].model.margin(late)) >= -1e-6).all()
    assert (np.diff(fitted[name].model.margin(income)) <= 1e-6).all()


def test_what_is_not_held_stands_in_the_training_metrics(fitted):
    assert fitted["splines"].details == {"directions": "not held"}
    assert fitted["hist"].details == {}


@pytest.mark.parametrize("name", OTHERS)
def test_noise_contributes_least(fitted, training, name):
    size = np.abs(contributions(fitted[name].estimator, fitted[name].model, training.matrix)).mean(axis=0)
    assert size.argmin() == 2


@pytest.mark.parametrize("name", OTHERS)
def test_weights_count(settings, training, fitted, tmp_path, name):
    weight = np.where(training.bad == 1, 3.0, 1.0)
    weighted = fit(settings, name, training._replace(weight=weight), tmp_path)
    change = weighted.model.margin(training.matrix).mean() - fitted[name].model.margin(training.matrix).mean()
    assert change > 0.05
    assert "row_weights" not in weighted.details


AGAIN = """
import sys
sys.path.insert(0, ".")
import hashlib, pickle
from pathlib import Path
from takeback.models.candidates import fit
from takeback.models.packaged import save_model
settings, names, data, folder = pickle.loads(Path(sys.argv[1]).read_bytes())
for name in names:
    (Path(folder) / name).mkdir(parents=True)
    save_model(Path(folder) / name, fit(settings, name, data, Path(folder) / "c").model)
"""


def test_threads_do_not_change_the_bytes(settings, training, tmp_path, pytestconfig):
    import os
    import pickle

    written = []
    for threads in ("1", "2"):
        job, folder = tmp_path / "job.pickle", tmp_path / threads
        job.write_bytes(pickle.dumps((settings, [*OTHERS], training, str(folder))))
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-c", AGAIN, job]
        subprocess.run(command, check=True, cwd=pytestconfig.rootpath, env=environment)
        written.append({p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*.*"))})
    assert len(written[0]) > len(OTHERS)
    assert written[0] == written[1]


def without_first_step(pipeline):
    return {**pipeline, "steps": pipeline["steps"][1:]}


REFUSED = [
    ({"_target_": "sklearn.naive_bayes.GaussianNB"}, "takes no missing values, and there are some in income"),
    ({"_target_": "sklearn.neural_network.MLPClassifier", "max_iter": 1}, "takes no missing values"),
    (
        without_first_step(SPLINES),
        r"takes no missing values, and there are some in income; .*sklearn\.impute\.SimpleImputer",
    ),
    (HIST | {"monotonic_cst": [1]}, "does not train: monotonic_cst has shape"),
    (LIGHTGBM | {"num_leaves": 1}, "does not train: Check failed"),
    ({"_target_": "xgboost.XGBClassifier", "max_depth": -3}, "does not train: "),
    (LIGHTGBM | {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}, "it averages its trees"),
]


@pytest.mark.parametrize(("new", "words"), REFUSED)
def test_what_cannot_be_a_candidate_is_one_message(taiwan_config, training, tmp_path, new, words):
    with pytest.raises(UserError, match=words) as error:
        fit(with_others(taiwan_config, {"new": new}), "new", training, tmp_path)
    assert str(error.value).startswith("params.yaml: model.new: ")
    assert "\n" not in str(error.value)


FULL = [
    ({"_target_": "sklearn.naive_bayes.GaussianNB"}, "GaussianNB cannot be packaged; expected one of ours, or Hist"),
    ({"_target_": "sklearn.linear_model.LogisticRegression"}, "it takes no missing values; expected sklearn.impute"),
    (
        {
            "_target_": "sklearn.pipeline.Pipeline",
            "steps": [
                ["mix", {"_target_": "sklearn.decomposition.PCA", "n_components": 2}],
                ["logistic", {"_target_": "sklearn.linear_model.LogisticRegression"}],
            ],
        },
        "its step PCA is none of SplineTransformer",
    ),
    (
        {"_target_": "xgboost.XGBClassifier", "booster": "gblinear", "n_estimators": 2},
        "it has gblinear and binary:logistic",
    ),
]


@pytest.mark.parametrize(("new", "words"), FULL)
def test_what_has_no_packaged_form_is_one_message(taiwan_config, training, tmp_path, new, words):
    full = training._replace(matrix=np.nan_to_num(training.matrix), directions=(0, 0, 0))
    with pytest.raises(UserError, match=words) as error:
        fit(with_others(taiwan_config, {"new": new}), "new", full, tmp_path)
    assert "\n" not in str(error.value)


def test_a_form_that_differs_is_not_packaged(settings, training, tmp_path, monkeypatch):
    monkeypatch.setattr("takeback.models.tree_tables._below", lambda threshold: threshold.astype(np.float32) + 1)
    with pytest.raises(
        UserError, match=r"HistGradient.*cannot be packaged: as TreeEnsemble it differs from itself by up to 0\.\d+"
    ):
        fit(settings, "hist", training, tmp_path)


def test_probes_hold_a_missing_value_in_each_column(training):
    rows = probes(np.nan_to_num(training.matrix))
    assert np.isnan(rows).any(axis=0).all()
