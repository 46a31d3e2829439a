"""Training data and selection to one fitted candidate."""

from typing import Any

import numpy as np
import pyarrow as pa

from takeback.common import layout
from takeback.common.files import read_json, replacing, write_csv, write_json
from takeback.config.params import load_params
from takeback.models.candidates import Candidate, fit, kept
from takeback.models.cross_validation import cross_validated_auc
from takeback.models.export import NATIVE
from takeback.models.importance import contributions, native_booster
from takeback.models.packaged import save_model
from takeback.models.training import Training, training_of
from takeback.preparation.parts import read_part

IMPORTANCE_ROWS = 500


def main(name: str) -> None:
    """Run the stage for one candidate."""
    settings = load_params()
    selected = read_json(layout.SELECTION)["selected"]
    data = training_of(settings, name, read_part(settings.data, layout.SPLIT["train"]), selected)
    candidate = fit(settings, name, data, layout.CHECKPOINTS / name)
    folds = cross_validated_auc(candidate.estimator, data, settings.training.folds, settings.training.seed)
    _write(name, candidate, data, folds)


def _write(name: str, candidate: Candidate, data: Training, folds: list[float]) -> None:
    with replacing(layout.candidate(name)) as folder:
        folder.mkdir()
        save_model(folder, candidate.model)
        if (booster := native_booster(kept(candidate.estimator))) is not None:
            booster.save_model(folder / NATIVE)
    with replacing(layout.training(name)) as folder:
        write_json(folder / "training.json", _training_metrics(candidate, data, folds))
        write_csv(folder / "importance.csv", _importance(candidate, data))
        if candidate.curve:
            write_csv(folder / "learning_curve.csv", pa.Table.from_pylist(candidate.curve))


def _training_metrics(candidate: Candidate, data: Training, folds: list[float]) -> dict[str, Any]:
    spread = {"mean": np.mean(folds), "sd": np.std(folds)} if folds else {}
    return {"rows": len(data.bad), "inputs": len(data.names), "cross_validated_auc": spread, **candidate.details}


def _importance(candidate: Candidate, data: Training) -> pa.Table:
    size = np.abs(contributions(kept(candidate.estimator), candidate.model, data.matrix[:IMPORTANCE_ROWS])).mean(axis=0)
    order = np.argsort(-size, kind="stable")
    names = [data.names[i] for i in order]
    return pa.table({"feature": names, "mean_absolute_contribution": size[order].astype(float)})
