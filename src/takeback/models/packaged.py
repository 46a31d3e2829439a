"""Saving and loading the packaged form of a model: JSON or ONNX, never code."""

from pathlib import Path
from typing import Protocol

from takeback.common.errors import UserError
from takeback.common.files import read_json, write_json
from takeback.data.expressions import Array
from takeback.models.scorecard import Scorecard, scorecard_from
from takeback.models.trees import TreeEnsemble, tree_ensemble

SCORECARD, ONNX, INPUTS = "scorecard.json", "model.onnx", "inputs.json"


class Packaged(Protocol):
    """What a model needs to score."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The encoded names of the matrix columns, in order."""

    def margin(self, matrix: Array) -> Array:
        """Return a score of shape (n,), float64, that rises with risk."""


def save_model(folder: Path, model: Packaged) -> None:
    """Write a packaged model into a folder."""
    if isinstance(model, Scorecard):
        write_json(folder / SCORECARD, model.to_dict())
    elif isinstance(model, TreeEnsemble):
        write_json(folder / INPUTS, list(model.inputs))
        (folder / ONNX).write_bytes(model.onnx)


def load_model(folder: Path) -> Packaged:
    """Load a packaged model.

    Raises
    ------
    UserError
        If the folder holds none.
    """
    if (folder / SCORECARD).exists():
        return scorecard_from(read_json(folder / SCORECARD))
    if (folder / ONNX).exists():
        return tree_ensemble(read_json(folder / INPUTS), (folder / ONNX).read_bytes())
    raise UserError(f"{folder}: holds no model ({SCORECARD} or {ONNX}). `dvc repro` or `dvc checkout` brings it.")
