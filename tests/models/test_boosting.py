"""Checkpoints: a killed run resumes and ends with the bytes of an uninterrupted one."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn.base import clone

from takeback.models.boosting import BoostingClassifier
from takeback.models.checkpoints import Checkpoints, fingerprint

SLOW_FIT = """
import pickle, sys
from pathlib import Path
estimator, data = pickle.loads(Path(sys.argv[1]).read_bytes())
estimator.fit(data.matrix, data.bad)
"""


@pytest.fixture(scope="module")
def boosting(taiwan_config, training):
    given = taiwan_config.model["xgboost"].model_dump(exclude={"target"})
    given |= {"checkpoint_rounds": 5, "max_rounds": 60, "early_stopping_rounds": 60, "folds": 2}
    return BoostingClassifier(**given, monotonic_cst=training.directions, random_state=20)


def fitted(boosting, training, folder, **other):
    return clone(boosting).set_params(checkpoints=str(folder), **other).fit(training.matrix, training.bad)


def raw(estimator):
    return bytes(estimator.booster_.save_raw("ubj"))


@pytest.fixture(scope="module")
def uninterrupted(boosting, training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "checkpoints"
    estimator = fitted(boosting, training, folder)
    assert not folder.exists(), "finished training leaves no checkpoint"
    return raw(estimator)


@pytest.mark.parametrize("kill_at", ["fold0.checkpoint", "fold1.checkpoint", "final.checkpoint"])
def test_kill_9_and_again_gives_the_same_bytes(boosting, training, uninterrupted, tmp_path, kill_at):
    folder = tmp_path / "checkpoints"
    _fit_and_kill(boosting, training, folder, kill_at)
    kept = {path.name for path in folder.glob("*.checkpoint")}
    assert kill_at in kept
    assert raw(fitted(boosting, training, folder)) == uninterrupted
    assert not folder.exists()


def test_an_interrupted_run_does_resume(boosting, training, tmp_path, monkeypatch):
    monkeypatch.setattr(Checkpoints, "clear", lambda self: None)
    fitted(boosting, training, tmp_path / "checkpoints")
    calls = []
    monkeypatch.setattr("xgboost.train", lambda *a, **k: calls.append(a))
    fitted(boosting, training, tmp_path / "checkpoints")
    assert not calls, "everything was in the checkpoints"


def test_a_checkpoint_of_other_settings_or_data_is_not_used(boosting, training, tmp_path):
    settings = boosting.get_params()
    store = Checkpoints(tmp_path, fingerprint(settings, training))
    booster = fitted(boosting, training, tmp_path / "x").booster_
    store.save("final", booster, {})
    assert store.load("final")
    changed = training._replace(bad=1 - training.bad)
    renamed = training._replace(names=("late", "income", "other"))
    for key in [
        fingerprint({**settings, "max_depth": 3}, training),
        fingerprint(settings, changed),
        fingerprint(settings, renamed),
    ]:
        assert Checkpoints(tmp_path, key).load("final") is None


@pytest.mark.parametrize("other", [{"max_depth": 3}, {"random_state": 21}, {"monotonic_cst": (0, 0, 0)}])
def test_an_estimator_takes_up_no_checkpoint_of_another(
    boosting, training, uninterrupted, tmp_path, monkeypatch, other
):
    with monkeypatch.context() as kept:
        kept.setattr(Checkpoints, "clear", lambda self: None)
        fitted(boosting, training, tmp_path)
    assert raw(fitted(boosting, training, tmp_path, **other)) != uninterrupted


def test_a_broken_checkpoint_is_not_used(boosting, training, uninterrupted, tmp_path):
    (tmp_path / "final.checkpoint").write_bytes(uninterrupted[: len(uninterrupted) // 2])
    (tmp_path / "fold0.checkpoint").write_bytes(b"")
    assert raw(fitted(boosting, training, tmp_path)) == uninterrupted


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_do_not_change_the_bytes(boosting, training, uninterrupted, tmp_path, monkeypatch, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    assert raw(fitted(boosting, training, tmp_path / "c")) == uninterrupted


def test_early_stopping_stops(boosting, training, tmp_path):
    impatient = {"early_stopping_rounds": 5, "learning_rate": 0.5, "max_rounds": 400}
    boosted = fitted(boosting, training, tmp_path / "c", **impatient)
    assert len(boosted.curve_) < 60
    assert boosted.rounds_ <= len(boosted.curve_) - 5


def _fit_and_kill(boosting, training, folder, kill_at):
    import pickle

    job = folder.parent / "job.pickle"
    job.write_bytes(pickle.dumps((clone(boosting).set_params(checkpoints=str(folder)), training)))
    process = subprocess.Popen([sys.executable, "-c", SLOW_FIT, job])
    deadline = time.monotonic() + 60
    while not (folder / kill_at).exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was still running"


def test_the_history_survives_a_round_trip(boosting, training, tmp_path):
    store = Checkpoints(tmp_path, "key")
    booster = fitted(boosting, training, tmp_path / "x").booster_
    store.save("fold0", booster, {"train_auc": [0.1, np.pi]})
    assert store.load("fold0")[1] == {"train_auc": [0.1, np.pi]}
