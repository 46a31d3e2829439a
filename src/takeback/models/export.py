"""From a fitted XGBoost model to its packaged form."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import onnx
import xgboost

from takeback.models.trees import INPUT, TreeEnsemble, tree_ensemble


def to_onnx(booster: xgboost.Booster, inputs: Sequence[str]) -> TreeEnsemble:
    """Convert a booster that was trained with ``base_score=0.5`` (log-odds 0).

    The model is exported as a regression on the log-odds: no exponential runs in the scoring path, so the bits do not
    depend on a processor's vector library. Calibration turns log-odds into a PD.
    """
    convert, float_tensor = _converter()
    plain = xgboost.Booster()
    plain.load_model(booster.save_raw("ubj"))
    plain.set_param({"objective": "reg:squarederror"})
    plain.feature_names = None
    model = convert(plain, initial_types=[(INPUT, float_tensor([None, len(inputs)]))])
    for attribute in model.graph.node[0].attribute:
        if attribute.name == "base_values":
            attribute.floats[:] = [0.0]
    onnx.checker.check_model(model)
    return tree_ensemble(inputs, model.SerializeToString(deterministic=True))


@cache
def _converter() -> tuple[Any, Any]:
    from onnxmltools.convert import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    return convert_xgboost, FloatTensorType
