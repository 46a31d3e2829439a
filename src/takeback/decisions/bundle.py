"""The release bundle: everything that a service needs, with a manifest of hashes. Loading it runs no code."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

from takeback.common.errors import UserError
from takeback.common.files import read_json, sha256, write_json, write_text
from takeback.common.strict import parse
from takeback.data.contract import Contract
from takeback.decisions.calibration import calibrator_from
from takeback.decisions.manifest import MANIFEST, SCHEMA, Manifest, environment, read_manifest
from takeback.decisions.policy import thresholds_from
from takeback.decisions.scoring import Scorer
from takeback.models.packaged import load_model

CONTRACT, SELECTION = "contract.json", "selection.json"
CALIBRATION, POLICY = "calibration.json", "policy.json"


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
    folder: Path, contract: Contract, selection: Path, parts: dict[str, list[Path]], about: dict[str, Any]
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
    parts
        For ``champion`` and ``fallback`` the folders whose files make up the scorer.
    about
        What the manifest says beside the hashes; ``champion`` at least, see `Manifest`.
    """
    # Not with sorted keys: the order of a category's levels is its coding.
    write_text(folder / CONTRACT, contract.model_dump_json(indent=2) + "\n")
    shutil.copyfile(selection, folder / SELECTION)
    for part, sources in parts.items():
        for source in sources:
            _copy_scored_files(source, folder / part)
    files = {str(p.relative_to(folder).as_posix()): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    manifest = Manifest(schema_version=SCHEMA, data=contract.name, files=files, **environment(), **about)
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
    manifest = read_manifest(folder / MANIFEST)
    _check_files(folder, manifest.files)
    contract = parse(Contract, read_json(folder / CONTRACT), str(folder / CONTRACT))
    champion, fallback = (load_scorer(contract, folder / part, folder / part) for part in ("champion", "fallback"))
    return Release(manifest.champion, champion, fallback)


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
