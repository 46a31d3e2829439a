"""From a fitted XGBoost model to its packaged form, and the native one for what that cannot do."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import onnx
import xgboost
from scipy.special import logit

from takeback.models.tree_ensemble import INPUT, TreeEnsemble, tree_ensemble


def to_onnx(booster: xgboost.Booster, inputs: Sequence[str], base: float) -> TreeEnsemble:
    """Convert a booster to ONNX.

    The model is exported as a regression on its margin: no exponential runs in the scoring path, so the bits do not
    depend on a processor's vector library. Calibration turns the margin into a PD.

    Parameters
    ----------
    booster
        The fitted model.
    inputs
        The encoded names of its columns.
    base
        The margin that the trees are added to: 0 for log-odds from ``base_score=0.5``.
    """
    convert, float_tensor = _converter()
    plain = xgboost.Booster()
    plain.load_model(booster.save_raw("ubj"))
    plain.set_param({"objective": "reg:squarederror"})
    plain.feature_names = None
    model = convert(plain, initial_types=[(INPUT, float_tensor([None, len(inputs)]))])
    for attribute in model.graph.node[0].attribute:
        if attribute.name == "base_values":
            attribute.floats[:] = [base]
    model.graph.name = "takeback"  # the converter makes a random one
    onnx.checker.check_model(model)
    return tree_ensemble(inputs, model.SerializeToString(deterministic=True))


def base_margin(booster: xgboost.Booster) -> float:
    """Return the log-odds that the trees of a classifier are added to."""
    learner = json.loads(booster.save_config())["learner"]
    found = learner["gradient_booster"]["name"], learner["objective"]["name"]
    if found != ("gbtree", "binary:logistic"):
        raise ValueError(f"it has {' and '.join(found)}; expected gbtree and binary:logistic")
    base = json.loads(learner["learner_model_param"]["base_score"])
    return float(logit(np.ravel(base)[0]))


@cache
def _converter() -> tuple[Any, Any]:
    from onnxmltools.convert import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    return convert_xgboost, FloatTensorType


NATIVE = "model.ubj"
