"""What a release says about itself: one file that other people, other code and later years can read.

`docs/manifest.md` explains every key. Nothing in it depends on the machine or the time of the run.
"""

from collections.abc import Callable
from importlib.metadata import metadata, version
from pathlib import Path
from typing import Any

from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.common.strict import Strict, parse

SCHEMA = 2
MANIFEST = "manifest.json"
# What decides the bytes of a release. The full list, with hashes, is requirements.lock of the release's tag.
LIBRARIES = ("numpy", "onnx", "onnxmltools", "onnxruntime", "pyarrow", "scikit-learn", "scipy", "xgboost-cpu")


class Manifest(Strict):
    """What a release is. Values that an older schema did not have are None."""

    schema_version: int
    champion: str
    data: str
    files: dict[str, str]
    scenario: str | None = None
    source: dict[str, Any] | None = None
    parts: dict[str, str] | None = None
    features: list[str] | None = None
    settings: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    libraries: dict[str, str] | None = None
    python: str | None = None


def environment() -> dict[str, Any]:
    """Return the library versions of this run, and the Python versions that give the same bytes."""
    return {"libraries": {name: version(name) for name in LIBRARIES}, "python": metadata("takeback")["Requires-Python"]}


def read_manifest(path: Path) -> Manifest:
    """Read a manifest of this or an older schema.

    Raises
    ------
    UserError
        If the file is missing, broken, or written by a newer schema.
    """
    content = read_json(path)
    found = content.get("schema_version", 1) if isinstance(content, dict) else 1
    if found not in range(1, SCHEMA + 1):
        raise UserError(
            f"{path}: found schema_version {found!r}, this code reads 1 to {SCHEMA}. "
            "Use the code of the release's own tag: git checkout TAG."
        )
    for older in range(found, SCHEMA):
        content = _UPGRADES[older](content)
    return parse(Manifest, content, str(path))


def _from_1(content: Any) -> Any:
    """Add nothing: schema 1 had no more than champion, data and files."""
    return {**content, "schema_version": 2} if isinstance(content, dict) else content


_UPGRADES: dict[int, Callable[[Any], Any]] = {1: _from_1}
