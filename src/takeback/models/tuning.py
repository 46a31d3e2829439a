"""Searching hyper-parameters of the boosted model; the result is a config file to review like code."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import optuna
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState
from tqdm import tqdm

from takeback.common.errors import UserError
from takeback.common.files import write_text
from takeback.config.candidate_settings import Boosting
from takeback.models.boosting import BoostingClassifier
from takeback.models.checkpoints import Checkpoints, fingerprint
from takeback.models.segments import cross_validate
from takeback.models.training import Training

CONF = Path("conf/model/xgboost")
START = "start"
HEADER = """\
# Written by `takeback tune`: the best of {trials} trials, cross-validated AUC {best:.4f}, {start:.4f} at the start.
# Try it: dvc exp run -S model/xgboost={name}. Keep it: `model/xgboost: {name}` in conf/config.yaml, takeback compose.
"""


def tune(settings: Boosting, seed: int, data: Training, trials: int, name: str, studies: Path) -> Path:
    """Search until a study has ``trials`` finished trials, and write the best as ``conf/model/xgboost/NAME.yaml``.

    The search sees the training part only. The study is stored after every trial and belongs to the data and the
    settings it started from; a killed search resumes, and each trial's seed is its number, so the resumed search
    tries what the uninterrupted one would have tried.

    Parameters
    ----------
    settings
        Where to start: the first trial.
    seed
        Seed of the folds and of the search.
    data
        Training data.
    trials
        How many finished trials the study shall have in all.
    name
        The config's name.
    studies
        The folder of stored studies.

    Returns
    -------
    pathlib.Path
        The written file.
    """
    _check_name(name)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = _study(settings, seed, data, studies)
    with tqdm(total=trials, initial=_finished(study), desc="trials", unit="trial") as progress:
        while (done := _finished(study)) < trials:
            study.sampler = optuna.samplers.TPESampler(seed=seed + done)
            study.optimize(lambda trial: _auc(_suggest(trial, settings), seed, data), n_trials=1)
            progress.update()
            progress.set_postfix(best=f"{study.best_value:.4f}")
    return _write(study, settings, name)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UserError(f"--name: found {name!r}; expected small letters, digits and underscores.")
    path = CONF / f"{name}.yaml"
    if path.exists() and not path.read_text(encoding="utf-8").startswith(HEADER[:30]):
        raise UserError(f"{path}: was not written by `takeback tune`; expected another --name.")


def _study(settings: Boosting, seed: int, data: Training, studies: Path) -> optuna.Study:
    studies.mkdir(parents=True, exist_ok=True)
    key = fingerprint({**settings.model_dump(), "seed": seed}, data)[:16]
    storage = JournalStorage(JournalFileBackend(str(studies / f"xgboost-{key}.log")))
    study = optuna.create_study(storage=storage, study_name=key, direction="maximize", load_if_exists=True)
    states = (TrialState.COMPLETE, TrialState.WAITING)
    if not any(trial.user_attrs.get(START) and trial.state in states for trial in study.trials):
        study.enqueue_trial({name: getattr(settings, name) for name in _SPACE}, user_attrs={START: True})
    return study


_SPACE: dict[str, tuple[str, dict[str, Any]]] = {
    "max_depth": ("int", {"low": 2, "high": 6}),
    "min_child_weight": ("float", {"low": 1, "high": 100, "log": True}),
    "subsample": ("float", {"low": 0.5, "high": 1.0}),
    "colsample": ("float", {"low": 0.3, "high": 1.0}),
    "l2": ("float", {"low": 0.1, "high": 100, "log": True}),
    "learning_rate": ("float", {"low": 0.03, "high": 0.3, "log": True}),
}


def _suggest(trial: optuna.Trial, settings: Boosting) -> Boosting:
    values = {name: getattr(trial, f"suggest_{kind}")(name, **bounds) for name, (kind, bounds) in _SPACE.items()}
    return settings.model_copy(update={name: _short(value) for name, value in values.items()})


def _auc(settings: Boosting, seed: int, data: Training) -> float:
    estimator = BoostingClassifier(**settings.model_dump(exclude={"target"}), random_state=seed)
    with TemporaryDirectory() as folder:
        rounds, histories = cross_validate(estimator, data, Checkpoints(Path(folder), "trial"))
    return float(np.mean([history["validation_auc"][rounds - 1] for history in histories]))


def _short(value: float) -> float:
    """Round to three digits: a config is read by people, and the fourth digit says nothing."""
    return value if isinstance(value, int) else float(f"{value:.3g}")


def _finished(study: optuna.Study) -> int:
    return len(study.get_trials(deepcopy=False, states=[TrialState.COMPLETE]))


def _write(study: optuna.Study, settings: Boosting, name: str) -> Path:
    best = {key: _short(value) for key, value in study.best_params.items()}
    start = next(t.value for t in study.trials if t.user_attrs.get(START) and t.value is not None)
    header = HEADER.format(trials=_finished(study), best=study.best_value, start=start, name=name)
    path = CONF / f"{name}.yaml"
    write_text(path, header + yaml.safe_dump({**settings.model_dump(by_alias=True), **best}, sort_keys=False))
    return path
