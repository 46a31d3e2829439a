"""What a release says about itself: one file that other people, other code and later years can read.

`docs/manifest.md` explains every key. Nothing in it depends on the machine or the time of the run.
"""

from collections.abc import Callable
from importlib.metadata import metadata, version
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from takeback.common.errors import UserError
from takeback.common.files import missing_output, parse_json, read_bytes
from takeback.common.strict import KeyedError, Strict, Whole, parse
from takeback.config.candidate_settings import CandidateName

SCHEMA = 4
SINCE_GOLDEN = 3
MANIFEST, GOLDEN = "manifest.json", "golden.json"
MOST_BYTES = 4 * 2**20
# What decides the bytes of a release. The full list, with hashes, is requirements.lock of the release's tag.
LIBRARIES = ("numpy", "onnx", "onnxmltools", "onnxruntime", "pyarrow", "scikit-learn", "scipy", "xgboost-cpu")

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1, max_length=1000)]


class Rows(Strict):
    """How many rows the source file had."""

    source: Whole
    accepted: Whole
    quarantined: Whole


class Source(Strict):
    """The source file."""

    file: Text
    sha256: Sha256
    rows: Rows


class Parts(Strict):
    """The SHA-256 of each part of the split."""

    train: Sha256
    calibration: Sha256
    test: Sha256


class Settings(Strict):
    """What the release was made with; each in the form of the code that made it."""

    champion: dict[str, Any]
    fallback: dict[str, Any]
    split: dict[str, Any]
    features: dict[str, Any]
    calibration: dict[str, Any]
    policy: dict[str, Any]
    reweigh: tuple[str, ...] = ()


class Measured(Strict):
    """What was measured of a part on the test set; each in the form of the code that measured it."""

    performance: dict[str, Any]
    fairness: dict[str, Any]


class Metrics(Strict):
    """The metrics of both parts."""

    champion: Measured
    fallback: Measured


class About(Strict):
    """Whose the model is, what for, and how much depends on it."""

    owner: Text | None
    purpose: Text | None
    materiality: Text | None
    next_review: Text | None
    approvers: dict[Text, tuple[Text, ...]]


class Manifest(Strict):
    """What a release is. Values that an older schema did not have are None."""

    schema_version: Whole
    champion: CandidateName
    data: Text
    files: dict[str, Sha256]
    scenario: Text | None = None
    source: dict[str, Any] | None = None
    parts: dict[str, Sha256] | None = None
    features: list[Text] | None = None
    settings: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    governance: dict[str, Any] | None = None
    libraries: dict[Text, Text] | None = None
    python: Text | None = None

    @model_validator(mode="after")
    def _each_feature_once(self) -> Self:
        if len(set(self.features or ())) < len(self.features or ()):
            raise KeyedError("features", "found one twice")
        return self


# What stands under these keys is checked, and read as it stands there.
FORMS: dict[str, type[Strict]] = {
    "source": Source,
    "parts": Parts,
    "settings": Settings,
    "metrics": Metrics,
    "governance": About,
}


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
    try:
        content = parse_json(read_bytes(path, MOST_BYTES, follow=True))
    except FileNotFoundError:
        raise missing_output(path) from None
    except ValueError as error:
        raise UserError(f"{path}: not readable as JSON ({error}). `dvc checkout --force` restores it.") from None
    return manifest_from(content, str(path))


def manifest_from(content: Any, source: str) -> Manifest:
    """Check the content of a manifest of this or an older schema; ``source`` is its name in the messages."""
    found = content.get("schema_version", 1) if isinstance(content, dict) else 1
    if type(found) is not int or found not in range(1, SCHEMA + 1):
        raise UserError(
            f"{source}: found schema_version {found!r}, this code reads 1 to {SCHEMA}. "
            "Use the code of the release's own tag: git checkout TAG."
        )
    for older in range(found, SCHEMA):
        content = _UPGRADES[older](content, source)
    manifest = parse(Manifest, content, source)
    for key, form in FORMS.items():
        if (value := getattr(manifest, key)) is not None:
            parse(form, value, source, key)
    if found >= SINCE_GOLDEN and GOLDEN not in manifest.files:
        raise UserError(f"{source}: files: {GOLDEN} is not there; a release of schema {found} has golden decisions.")
    return manifest


def _from_1(content: Any, source: str) -> Any:
    """Add nothing: schema 1 had no more than champion, data and files."""
    known = ("schema_version", "champion", "data", "files")
    if not isinstance(content, dict):
        return content
    if unknown := sorted(set(content) - set(known)):
        raise UserError(f"{source}: {unknown[0]}: unknown key; expected {', '.join(known)}")
    return {**content, "schema_version": 2}


def _from_2(content: Any, source: str) -> Any:
    """Add nothing: schema 2 had no golden decisions."""
    return {**content, "schema_version": 3} if isinstance(content, dict) else content


def _from_3(content: Any, source: str) -> Any:
    """Add nothing: schema 3 did not say whose the model is."""
    return {**content, "schema_version": 4} if isinstance(content, dict) else content


_UPGRADES: dict[int, Callable[[Any, str], Any]] = {1: _from_1, 2: _from_2, 3: _from_3}
