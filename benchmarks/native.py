"""The model alone: what a release's scoring is measured against."""

from collections.abc import Callable
from pathlib import Path

import onnxruntime
import xgboost

from takeback.common.errors import UserError
from takeback.data.expressions import Array
from takeback.models.packaged import Packaged
from takeback.models.tree_ensemble import INPUT, TreeEnsemble

Call = Callable[[Array], object]


def bare_model(model: Packaged, threads: int) -> Call:
    """Return the packaged model as one call over a matrix; a scorecard has one thread whatever is asked for."""
    if not isinstance(model, TreeEnsemble):
        return model.margin
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model.onnx, options, providers=["CPUExecutionProvider"])
    return lambda matrix: session.run(None, {INPUT: matrix})


def native_model(folder: Path, threads: int) -> Call | None:
    """Return XGBoost's own predict; None if the candidate is no tree model."""
    if not folder.is_dir():
        raise UserError(
            f"{folder.relative_to(folder.parents[2])}: is not there. `dvc repro` or `dvc checkout` brings it."
        )
    if not (folder / "model.ubj").exists():
        return None
    booster = xgboost.Booster()
    booster.load_model(folder / "model.ubj")
    booster.set_param({"nthread": threads})
    return booster.inplace_predict
