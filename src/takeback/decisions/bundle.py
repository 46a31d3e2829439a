"""The release bundle: everything that a service needs, with a manifest of hashes. Loading it runs no code."""

import shutil
from pathlib import Path
from typing import NamedTuple

from takeback.common.errors import UserError
from takeback.common.files import read_json, sha256, write_json, write_text
from takeback.common.strict import Strict, parse
from takeback.data.contract import Contract
from takeback.decisions.calibration import calibrator_from
from takeback.decisions.policy import thresholds_from
from takeback.decisions.scoring import Scorer
from takeback.models.packaged import load_model

SCHEMA = 1
MANIFEST, CONTRACT, SELECTION = "manifest.json", "contract.json", "selection.json"
CALIBRATION, POLICY = "calibration.json", "policy.json"


class Manifest(Strict):
    """What a release is: the form of the bundle, the champion, the data set, and the SHA-256 of every file."""

    schema_version: int
    champion: str
    data: str
    files: dict[str, str]


class Release(NamedTuple):
    """A loaded release: who is champion, its scorer, and the rule to fall back on."""

    name: str
    champion: Scorer
    fallback: Scorer


def load_scorer(contract: Contract, model: Path, decision: Path) -> Scorer:
    """Load a scorer from a model's folder and the folder of its calibration and policy."""
    calibrator = calibrator_from(read_json(decision / CALIBRATION))
    return Scorer(contract, load_model(model), calibrator, thresholds_from(read_json(decision / POLICY)))


def write_bundle(
    folder: Path, contract: Contract, selection: Path, champion: str, parts: dict[str, list[Path]]
) -> None:
    """Write a release.

    Parameters
    ----------
    folder
        Where; must not exist.
    contract
        The data contract.
    selection
        The selection file.
    champion
        The champion's name.
    parts
        For ``champion`` and ``fallback`` the folders whose files make up the scorer.
    """
    # Not with sorted keys: the order of a category's levels is its coding.
    write_text(folder / CONTRACT, contract.model_dump_json(indent=2) + "\n")
    shutil.copyfile(selection, folder / SELECTION)
    for part, sources in parts.items():
        for source in sources:
            _copy_scored_files(source, folder / part)
    files = {str(p.relative_to(folder).as_posix()): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    manifest = Manifest(schema_version=SCHEMA, champion=champion, data=contract.name, files=files)
    write_json(folder / MANIFEST, manifest.model_dump())


def load_release(folder: Path) -> Release:
    """Load a release and check every file against the manifest.

    Raises
    ------
    UserError
        If the manifest is missing or newer than this code, or a file is missing, changed, or not in the manifest.
    """
    if not (folder / MANIFEST).is_file():
        raise UserError(f"{folder}: holds no release ({MANIFEST}). `dvc repro` makes it; `dvc checkout` brings it.")
    manifest = _read_manifest(folder / MANIFEST)
    _check_files(folder, manifest.files)
    contract = parse(Contract, read_json(folder / CONTRACT), str(folder / CONTRACT))
    champion, fallback = (load_scorer(contract, folder / part, folder / part) for part in ("champion", "fallback"))
    return Release(manifest.champion, champion, fallback)


def _read_manifest(path: Path) -> Manifest:
    content = read_json(path)
    version = content.get("schema_version", SCHEMA) if isinstance(content, dict) else SCHEMA
    if version != SCHEMA:
        raise UserError(
            f"{path}: found schema_version {version!r}, this code reads {SCHEMA}. "
            "Use the takeback version of the release's tag."
        )
    return parse(Manifest, content, str(path))


def _copy_scored_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.suffix in (".json", ".onnx"):  # not the native model, which a service does not need
            shutil.copyfile(path, target / path.name)


def _check_files(folder: Path, expected: dict[str, str]) -> None:
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST}
    for name in sorted(set(expected) | set(found)):
        if name not in found:
            raise UserError(f"{folder / name}: is missing from the release. `dvc checkout {folder}` brings it back.")
        if name not in expected:
            raise UserError(f"{folder / name}: is not in the manifest. Remove it, or `dvc checkout --force {folder}`.")
        if sha256(found[name]) != expected[name]:
            raise UserError(f"{folder / name}: differs from the manifest. `dvc checkout --force {folder}` restores it.")
