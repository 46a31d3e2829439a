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
DIGEST = hashlib.sha256().digest_size
History = dict[str, list[float]]


@dataclass(frozen=True)
class Checkpoints:
    """A folder of checkpoints that belong to one configuration and one data set."""

    folder: Path
    fingerprint: str

    def save(self, run: str, booster: xgboost.Booster, history: History) -> None:
        """Keep a run's model and its learning curve, in place of the run's earlier checkpoint."""
        booster.set_attr(**{FINGERPRINT: self.fingerprint, HISTORY: json.dumps(history)})
        raw = bytes(booster.save_raw("ubj"))
        with replacing(self._path(run)) as new:
            new.write_bytes(hashlib.sha256(raw).digest() + raw)

    def load(self, run: str) -> tuple[xgboost.Booster, History] | None:
        """Return a run's last checkpoint; None if there is none, or it is broken or belongs to something else."""
        content = self._path(run).read_bytes() if self._path(run).exists() else b""
        # XGBoost's own errors on a broken file are no guard: some bytes it cannot even report.
        if hashlib.sha256(content[DIGEST:]).digest() != content[:DIGEST]:
            return None
        booster = xgboost.Booster()
        booster.load_model(bytearray(content[DIGEST:]))
        if booster.attr(FINGERPRINT) != self.fingerprint:
            return None
        return booster, json.loads(booster.attr(HISTORY) or "{}")

    def clear(self) -> None:
        """Remove every checkpoint: training is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, run: str) -> Path:
        return self.folder / f"{run}.checkpoint"


def fingerprint(settings: dict[str, Any], data: Training) -> str:
    """Return a hash of everything that decides what training gives."""
    facts = [settings, data.names, data.directions, xgboost.__version__]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(data.matrix.tobytes())
    digest.update(data.bad.tobytes())
    digest.update(json.dumps({name: members.tolist() for name, members in data.groups.items()}).encode())
    digest.update(b"" if data.weight is None else data.weight.tobytes())
    return digest.hexdigest()
