"""Saving and loading the packaged form of a model: JSON or ONNX, never code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from takeback.common.errors import UserError
from takeback.common.files import parse_json, read_bytes, rounded, write_json
from takeback.data.expressions import Array
from takeback.models.curves import CurveTable, curves_from
from takeback.models.onnx_form import check_onnx
from takeback.models.scorecard import Scorecard, scorecard_from
from takeback.models.tree_ensemble import TreeEnsemble, tree_ensemble

SCORECARD, CURVES, ONNX, INPUTS = "scorecard.json", "curves.json", "model.onnx", "inputs.json"
FILES = {
    SCORECARD: 4 * 2**20,
    CURVES: 4 * 2**20,
    INPUTS: 4 * 2**20,
    ONNX: 16 * 2**20,
}  # and their largest size in bytes


class Packaged(Protocol):
    """What a model needs to score."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The encoded names of the matrix columns, in order."""

    def margin(self, matrix: Array) -> Array:
        """Return a score of shape (n,), float64, that rises with risk."""


def save_model(folder: Path, model: Packaged) -> None:
    """Write a packaged model into a folder.

    Raises
    ------
    UserError
        If `load_model` would refuse it.
    """
    if isinstance(model, Scorecard):
        scorecard_from(rounded(model.to_dict()), str(folder / SCORECARD))
        write_json(folder / SCORECARD, model.to_dict())
    elif isinstance(model, CurveTable):
        curves_from(rounded(model.to_dict()), str(folder / CURVES))
        write_json(folder / CURVES, model.to_dict())
    elif isinstance(model, TreeEnsemble):
        _ensemble(list(model.inputs), model.onnx, folder)
        write_json(folder / INPUTS, list(model.inputs))
        (folder / ONNX).write_bytes(model.onnx)


def load_model(folder: Path) -> Packaged:
    """Load a packaged model from its folder.

    Raises
    ------
    UserError
        If the folder holds none, or one that is not of the form that `save_model` writes.
    """
    found = {name: folder / name for name in FILES if (folder / name).exists()}
    return model_from({name: _read(path, FILES[name]) for name, path in found.items()}, folder)


def model_from(files: Mapping[str, bytes], folder: Path) -> Packaged:
    """Load a packaged model from its files' bytes; ``folder`` is where they lay.

    Raises
    ------
    UserError
        As `load_model` does.
    """
    form = sorted(set(files) & set(FILES))
    if form == [SCORECARD]:
        return scorecard_from(json_of(files, SCORECARD, folder), str(folder / SCORECARD))
    if form == [CURVES]:
        return curves_from(json_of(files, CURVES, folder), str(folder / CURVES))
    if form == [INPUTS, ONNX]:
        return _ensemble(json_of(files, INPUTS, folder), files[ONNX], folder)
    if form:
        raise UserError(f"{folder}: holds {' and '.join(form)}, expected one model, {ONNX} with {INPUTS}.")
    raise UserError(
        f"{folder}: holds no model ({SCORECARD}, {CURVES} or {ONNX}). `dvc repro` or `dvc checkout` brings it."
    )


def json_of(files: Mapping[str, bytes], name: str, folder: Path) -> Any:
    """Read one of the files as JSON."""
    try:
        return parse_json(files[name])
    except ValueError as error:
        raise UserError(
            f"{folder / name}: not readable as JSON ({error}). `dvc checkout --force` restores it."
        ) from None


def _ensemble(inputs: Any, onnx: bytes, folder: Path) -> TreeEnsemble:
    names = inputs if isinstance(inputs, list) and all(isinstance(name, str) for name in inputs) else []
    if not names or len(set(names)) < len(names):
        raise UserError(f"{folder / INPUTS}: expected a list of the names of the model's inputs, each once.")
    try:
        check_onnx(onnx, len(names))
        return tree_ensemble(names, onnx)
    except Exception as error:  # onnxruntime's own have no common class
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{folder / ONNX}: is no model of ours: {said}.") from None


def _read(path: Path, most: int) -> bytes:
    try:
        return read_bytes(path, most, follow=True)
    except ValueError as error:
        raise UserError(f"{path}: {error}. `dvc repro` writes it again.") from None
