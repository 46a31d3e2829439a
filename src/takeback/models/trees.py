"""Tree ensembles: fitted by XGBoost, packaged and scored as ONNX."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from takeback.data.expressions import Array

INPUT = "features"


@dataclass(frozen=True)
class TreeEnsemble:
    """An ONNX tree ensemble that gives the log-odds of default; loading it runs no code."""

    inputs: tuple[str, ...]
    onnx: bytes
    session: onnxruntime.InferenceSession

    def margin(self, matrix: Array) -> Array:
        """Return the log-odds, shape (n,), float64, for a float32 matrix of shape (n, len(inputs))."""
        return self.session.run(None, {INPUT: matrix})[0][:, 0].astype(np.float64)


def tree_ensemble(inputs: Sequence[str], onnx: bytes) -> TreeEnsemble:
    """Open a packaged ensemble.

    The session has one thread: with two, onnxruntime adds the trees of a small batch in another order, and the same
    applicant gets other bits alone than in a large batch. Batches use more processors by scoring pieces side by side.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    return TreeEnsemble(tuple(inputs), onnx, session)
