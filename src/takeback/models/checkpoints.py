"""Checkpoints of boosted training: one file a run, replaced whole, used only for the same settings and data."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost

from takeback.common.files import replacing
from takeback.models.training import Training

FINGERPRINT, HISTORY = "takeback_fingerprint", "takeback_history"
History = dict[str, list[float]]


@dataclass(frozen=True)
class Checkpoints:
    """A folder of checkpoints that belong to one configuration and one data set."""

    folder: Path
    fingerprint: str

    def save(self, run: str, booster: xgboost.Booster, history: History) -> None:
        """Keep a run's model and its learning curve, in place of the run's earlier checkpoint."""
        booster.set_attr(**{FINGERPRINT: self.fingerprint, HISTORY: json.dumps(history)})
        with replacing(self.folder / f"{run}.ubj") as new:
            booster.save_model(new)

    def load(self, run: str) -> tuple[xgboost.Booster, History] | None:
        """Return a run's last checkpoint; None if there is none, or it is broken or belongs to something else."""
        booster = xgboost.Booster()
        try:
            booster.load_model(self.folder / f"{run}.ubj")
        except xgboost.core.XGBoostError:
            return None
        if booster.attr(FINGERPRINT) != self.fingerprint:
            return None
        return booster, json.loads(booster.attr(HISTORY) or "{}")

    def clear(self) -> None:
        """Remove every checkpoint: training is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)


def fingerprint(settings: dict[str, Any], data: Training) -> str:
    """Return a hash of everything that decides what training gives."""
    facts = [settings, data.names, data.directions, xgboost.__version__]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(data.matrix.tobytes())
    digest.update(data.bad.tobytes())
    return digest.hexdigest()
