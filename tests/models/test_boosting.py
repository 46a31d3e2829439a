"""Checkpoints: a killed run resumes and ends with the bytes of an uninterrupted one."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from takeback.models.boosting import fit_boosting
from takeback.models.checkpoints import Checkpoints, fingerprint

SLOW_FIT = """
import sys, pickle
from pathlib import Path
import takeback.models.checkpoints as checkpoints
from takeback.models.boosting import fit_boosting
settings, data, folder, key = pickle.loads(Path(sys.argv[1]).read_bytes())
fit_boosting(settings, data, checkpoints.Checkpoints(Path(folder), key))
"""


@pytest.fixture(scope="module")
def settings(taiwan_config):
    return taiwan_config.model.xgboost.model_copy(
        update={"checkpoint_rounds": 5, "max_rounds": 60, "early_stopping_rounds": 60, "folds": 2}
    )


@pytest.fixture(scope="module")
def uninterrupted(settings, training, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "checkpoints"
    boosted = fit_boosting(settings, training, Checkpoints(folder, "key"))
    assert not folder.exists(), "finished training leaves no checkpoint"
    return bytes(boosted.booster.save_raw("ubj"))


@pytest.mark.parametrize("kill_at", ["fold0.checkpoint", "fold1.checkpoint", "final.checkpoint"])
def test_kill_9_and_again_gives_the_same_bytes(settings, training, uninterrupted, tmp_path, kill_at):
    folder = tmp_path / "checkpoints"
    _fit_and_kill(settings, training, folder, kill_at)
    kept = {path.name for path in folder.glob("*.checkpoint")}
    assert kill_at in kept
    boosted = fit_boosting(settings, training, Checkpoints(folder, "key"))
    assert bytes(boosted.booster.save_raw("ubj")) == uninterrupted
    assert not folder.exists()


def test_an_interrupted_run_does_resume(settings, training, tmp_path, monkeypatch):
    store = Checkpoints(tmp_path / "checkpoints", "key")
    monkeypatch.setattr(Checkpoints, "clear", lambda self: None)
    fit_boosting(settings, training, store)
    calls = []
    monkeypatch.setattr("xgboost.train", lambda *a, **k: calls.append(a))
    fit_boosting(settings, training, store)
    assert not calls, "everything was in the checkpoints"


def test_a_checkpoint_of_other_settings_or_data_is_not_used(settings, training, tmp_path):
    store = Checkpoints(tmp_path, fingerprint(settings.model_dump(), training))
    booster = fit_boosting(settings, training, Checkpoints(tmp_path / "x", "key")).booster
    store.save("final", booster, {})
    assert store.load("final")
    deeper = settings.model_copy(update={"max_depth": 3})
    changed = training._replace(bad=1 - training.bad)
    renamed = training._replace(names=("late", "income", "other"))
    for key in [
        fingerprint(deeper.model_dump(), training),
        fingerprint(settings.model_dump(), changed),
        fingerprint(settings.model_dump(), renamed),
    ]:
        assert Checkpoints(tmp_path, key).load("final") is None


def test_a_broken_checkpoint_is_not_used(settings, training, uninterrupted, tmp_path):
    (tmp_path / "final.checkpoint").write_bytes(uninterrupted[: len(uninterrupted) // 2])
    (tmp_path / "fold0.checkpoint").write_bytes(b"")
    boosted = fit_boosting(settings, training, Checkpoints(tmp_path, "key"))
    assert bytes(boosted.booster.save_raw("ubj")) == uninterrupted


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_do_not_change_the_bytes(settings, training, uninterrupted, tmp_path, monkeypatch, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    boosted = fit_boosting(settings, training, Checkpoints(tmp_path / "c", "key"))
    assert bytes(boosted.booster.save_raw("ubj")) == uninterrupted


def test_early_stopping_stops(settings, training, tmp_path):
    impatient = settings.model_copy(update={"early_stopping_rounds": 5, "learning_rate": 0.5, "max_rounds": 400})
    boosted = fit_boosting(impatient, training, Checkpoints(tmp_path / "c", "key"))
    assert len(boosted.curve) < 60
    assert boosted.rounds <= len(boosted.curve) - 5


def _fit_and_kill(settings, training, folder, kill_at):
    import pickle

    job = folder.parent / "job.pickle"
    job.write_bytes(pickle.dumps((settings, training, str(folder), "key")))
    process = subprocess.Popen([sys.executable, "-c", SLOW_FIT, job])
    deadline = time.monotonic() + 60
    while not (folder / kill_at).exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was still running"


def test_the_history_survives_a_round_trip(settings, training, tmp_path):
    store = Checkpoints(tmp_path, "key")
    booster = fit_boosting(settings, training, Checkpoints(tmp_path / "x", "key")).booster
    store.save("fold0", booster, {"train_auc": [0.1, np.pi]})
    assert store.load("fold0")[1] == {"train_auc": [0.1, np.pi]}
