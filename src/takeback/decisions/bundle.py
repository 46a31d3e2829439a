"""The release bundle: everything that a service needs, with a manifest of hashes. Loading it runs no code.

Hashes only say that nothing changed since the manifest was written. So whatever a bundle says is checked as well, as if
a stranger had written it.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from takeback.common.errors import UserError
from takeback.common.files import read_json, rounded, sha256, write_json, write_text
from takeback.common.strict import parse
from takeback.data.contract import Contract
from takeback.data.encoding import encoded_names
from takeback.decisions.bundle_files import (
    CALIBRATION,
    CONTRACT,
    OF_A_PART,
    PARTS,
    POLICY,
    SELECTION,
    USUAL,
    SelectionForm,
    UsualForm,
    check_hashes,
    part_of,
    read_files,
)
from takeback.decisions.calibration import Calibrator, calibrator_from
from takeback.decisions.golden import check_golden, golden_decisions
from takeback.decisions.manifest import GOLDEN, MANIFEST, SCHEMA, Manifest, environment, manifest_from
from takeback.decisions.policy import Thresholds, thresholds_from
from takeback.decisions.reasons import measured
from takeback.decisions.scoring import Scorer
from takeback.models.packaged import json_of, load_model, model_from
from takeback.models.scorecard import Scorecard

RULE = "rule"
Files = Mapping[str, bytes]


class Release(NamedTuple):
    """A loaded release: who is champion, its scorer, and the rule to fall back on."""

    name: str
    champion: Scorer
    fallback: Scorer


def write_decision(
    folder: Path, calibrator: Calibrator, thresholds: Thresholds, usual: Mapping[str, float] | None = None
) -> None:
    """Write what turns a candidate's margin into a decision with reasons, checked as it will be when it is read."""
    usual = {} if usual is None else usual
    parse(UsualForm, {"median": usual}, str(folder / USUAL))
    calibrator_from(rounded(calibrator.to_dict()), str(folder / CALIBRATION))
    thresholds_from(rounded(thresholds.to_dict()), str(folder / POLICY))
    write_json(folder / CALIBRATION, calibrator.to_dict())
    write_json(folder / POLICY, thresholds.to_dict())
    write_json(folder / USUAL, {"median": usual})


def load_scorer(contract: Contract, model: Path, decision: Path) -> Scorer:
    """Load a scorer from a model's folder and the folder of its calibration and policy."""
    calibration, policy, usual = (decision / name for name in (CALIBRATION, POLICY, USUAL))
    calibrator = calibrator_from(read_json(calibration), str(calibration))
    thresholds = thresholds_from(read_json(policy), str(policy))
    median = _usual(read_json(usual), usual) if usual.exists() else {}
    return Scorer(contract, load_model(model), calibrator, thresholds, median)


def write_bundle(
    folder: Path, contract: Contract, selection: Path, parts: dict[str, list[Path]], about: dict[str, Any]
) -> None:
    """Write a release, and load it.

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

    Raises
    ------
    UserError
        If what was written would be refused when it is loaded.
    """
    # Not with sorted keys: the order of a category's levels is its coding.
    write_text(folder / CONTRACT, contract.model_dump_json(indent=2) + "\n")
    shutil.copyfile(selection, folder / SELECTION)
    for part, sources in parts.items():
        for source in sources:
            _copy_scored_files(source, folder / part)
    golden = golden_decisions(contract, {p: load_scorer(contract, folder / p, folder / p) for p in PARTS})
    # Not rounded: a golden decision holds to the last bit.
    write_text(folder / GOLDEN, json.dumps(golden, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    files = {str(p.relative_to(folder).as_posix()): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    manifest = Manifest(schema_version=SCHEMA, data=contract.name, files=files, **environment(), **about)
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    load_release(folder)


def load_release(folder: Path, also: Callable[[Files], None] | None = None) -> Release:
    """Load a release and check everything in it.

    Parameters
    ----------
    folder
        Where it lies.
    also
        A check of your own of the files, by name: they are read once, so these are the bytes that are used.

    Raises
    ------
    UserError
        If the manifest is missing or newer than this code, a file is missing, changed, or not in the manifest, or
        holds what no release of ours would.
    """
    files = read_files(folder)
    if MANIFEST not in files:
        raise UserError(f"{folder}: holds no release ({MANIFEST}). `dvc repro` makes it; `dvc checkout` brings it.")
    manifest = manifest_from(json_of(files, MANIFEST, folder), str(folder / MANIFEST))
    check_hashes(folder, files, manifest.files)
    if also:
        also(files)
    contract = parse(Contract, json_of(files, CONTRACT, folder), str(folder / CONTRACT))
    scorers = {part: _scorer(contract, part_of(files, part), folder / part) for part in PARTS}
    _check_agreement(folder, manifest, json_of(files, SELECTION, folder), scorers)
    if GOLDEN in files:
        check_golden(json_of(files, GOLDEN, folder), str(folder / GOLDEN), contract, scorers)
    return Release(manifest.champion, **scorers)


def _copy_scored_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.name in OF_A_PART:  # not the native model, which a service does not need
            shutil.copyfile(path, target / path.name)


def _scorer(contract: Contract, files: Files, folder: Path) -> Scorer:
    calibrator = calibrator_from(json_of(files, CALIBRATION, folder), str(folder / CALIBRATION))
    thresholds = thresholds_from(json_of(files, POLICY, folder), str(folder / POLICY))
    median = _usual(json_of(files, USUAL, folder), folder / USUAL) if USUAL in files else {}
    return Scorer(contract, model_from(files, folder), calibrator, thresholds, median)


def _usual(content: Any, path: Path) -> dict[str, float]:
    """Read what reasons are held against; earlier releases have none."""
    return dict(parse(UsualForm, content, str(path)).median)


def _check_agreement(folder: Path, manifest: Manifest, selection: Any, scorers: Mapping[str, Scorer]) -> None:
    """Check that the parts of a release speak of the same contract, features and candidates."""
    contract = scorers["champion"].contract
    selected = parse(SelectionForm, selection, str(folder / SELECTION)).selected
    if manifest.data != contract.name:
        raise UserError(f"{folder / MANIFEST}: data: found {manifest.data!r}, the contract is {contract.name!r}.")
    if manifest.features not in (None, [*selected]):
        raise UserError(f"{folder / MANIFEST}: features: are not those that {SELECTION} has selected.")
    if unknown := sorted({*selected} - {*contract.features}):
        raise UserError(f"{folder / SELECTION}: selected: {unknown[0]!r} is no feature of the contract.")
    for part, name in {"champion": manifest.champion, "fallback": RULE}.items():
        _check_model(folder / part, name, scorers[part], encoded_names(contract, selected))
        if unknown := sorted({*scorers[part].usual} - {*measured(scorers[part])}):
            raise UserError(f"{folder / part / USUAL}: median: {unknown[0]!r} is no reason that has a measure.")


def _check_model(folder: Path, name: str, scorer: Scorer, selected: tuple[str, ...]) -> None:
    """Check that a part is the kind of model that the manifest says, and reads only what it may."""
    model, known = scorer.model, encoded_names(scorer.contract, scorer.contract.features)
    if name == RULE and not isinstance(model, Scorecard):
        raise UserError(f"{folder}: holds another kind of model than {name}, which {MANIFEST} names.")
    if unknown := sorted({*model.inputs} - {*known}):
        raise UserError(f"{folder}: the model reads {unknown[0]!r}, which the contract does not offer to a model.")
    if name != RULE and model.inputs != selected:
        raise UserError(f"{folder}: the model reads other inputs than the features that {SELECTION} has selected.")
    if isinstance(model, Scorecard) and name != RULE and any(bins.reason for bins in model.bins.values()):
        raise UserError(f"{folder}: the points of {name} have reasons of their own, which only a rule has.")
