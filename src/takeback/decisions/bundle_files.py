"""The files of a release, read once: what is hashed is what is used. Only what belongs there, and never too much."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from takeback.common.errors import UserError
from takeback.common.files import read_bytes
from takeback.common.strict import KeyedError, Number, Strict, Unit
from takeback.decisions.manifest import GOLDEN, MANIFEST, MOST_BYTES
from takeback.models import packaged

CONTRACT, SELECTION = "contract.json", "selection.json"
CALIBRATION, POLICY, USUAL = "calibration.json", "policy.json", "usual.json"
PARTS = ("champion", "fallback")
# What a part consists of, and what a release does beside its parts; with the largest size in bytes.
OF_A_PART = {**packaged.FILES, CALIBRATION: 2**20, POLICY: 2**20, USUAL: 2**20}
FILES = {
    MANIFEST: MOST_BYTES,
    CONTRACT: 2**20,
    SELECTION: MOST_BYTES,
    GOLDEN: MOST_BYTES,
    **{f"{part}/{name}": most for part in PARTS for name, most in OF_A_PART.items()},
}
NEEDED = {CONTRACT, SELECTION, *(f"{part}/{name}" for part in PARTS for name in (CALIBRATION, POLICY))}
RESTORE = "`dvc checkout --force {}` restores it."


def read_files(folder: Path) -> dict[str, bytes]:
    """Read every file of a release, by its name in the folder.

    Raises
    ------
    UserError
        If the folder is none, or something in it is no file of a release, is a link, or is too large.
    """
    found = {
        name: folder / name for name in [*_names(folder, ""), *(n for part in PARTS for n in _names(folder, part))]
    }
    return {name: _read(path, FILES[name]) for name, path in sorted(found.items())}


def check_hashes(folder: Path, files: dict[str, bytes], expected: dict[str, str]) -> None:
    """Check that the files are those of the manifest.

    Raises
    ------
    UserError
        If one is missing, changed, not in the manifest, or not a file of a release.
    """
    for name in sorted({*expected, *files, *NEEDED} - {MANIFEST}):
        if name not in FILES or MANIFEST in expected:
            raise UserError(f"{folder / MANIFEST}: names {name!r}, which is no file of a release.")
        if name not in files:
            raise UserError(f"{folder / name}: is missing from the release. `dvc checkout {folder}` brings it back.")
        if name not in expected:
            raise UserError(f"{folder / name}: is not in the manifest. Remove it, or `dvc checkout --force {folder}`.")
        if sha256(files[name]).hexdigest() != expected[name]:
            raise UserError(f"{folder / name}: differs from the manifest. {RESTORE.format(folder)}")


def part_of(files: dict[str, bytes], part: str) -> dict[str, bytes]:
    """Return the files of a part by their names in it."""
    return {name: files[f"{part}/{name}"] for name in OF_A_PART if f"{part}/{name}" in files}


def _names(folder: Path, part: str) -> list[str]:
    """Return the names of the files in the folder or in a part of it."""
    names = []
    try:
        with os.scandir(folder / part) as entries:
            for entry in entries:
                name = f"{part}/{entry.name}" if part else entry.name
                if name in PARTS and entry.is_dir(follow_symlinks=False):
                    continue
                if name not in FILES:  # the first one ends it: there may be a million
                    raise UserError(_surplus(folder / name))
                names.append(name)
    except (FileNotFoundError, NotADirectoryError):
        if not part:
            raise UserError(
                f"{folder}: holds no release ({MANIFEST}). `dvc repro` makes it; `dvc checkout` brings it."
            ) from None
    except OSError as error:
        raise UserError(f"{folder / part}: cannot be read ({error.strerror or error}).") from None
    return names


def _surplus(path: Path) -> str:
    if path.is_symlink():
        return f"{path}: is a link; expected files and folders alone. `dvc config cache.type` must not be symlink."
    return f"{path}: is not in the manifest, nor part of any release. Remove it."


def _read(path: Path, most: int) -> bytes:
    try:
        return read_bytes(path, most)
    except (ValueError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(
            f"{path}: cannot be part of a release: {why}. `dvc checkout --force --relink` restores it, if "
            "`dvc config cache.type` is not symlink."
        ) from None


Name = Annotated[str, Field(min_length=1)]


class Judged(Strict):
    """What was found about one feature."""

    selected: StrictBool
    why: str
    information_value: Number | None
    proxy_gini: dict[Name, Unit]


class UsualForm(Strict):
    """The median of what each reason names, higher being worse, among those approved."""

    median: Annotated[dict[Name, Number], Field(max_length=5000)]


class JointProxy(Strict):
    """How well all features together tell one attribute, and the group that they tell best."""

    gini: Unit | None
    group: Name | None


class SelectionForm(Strict):
    """The content of the file."""

    selected: Annotated[tuple[Name, ...], Field(min_length=1)]
    features: dict[Name, Judged] = Field(default_factory=dict)
    joint_proxies: dict[Name, JointProxy] = Field(default_factory=dict)  # earlier releases have neither
    variance_inflation: dict[Name, Number] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _selected_are_those_judged(self) -> Self:
        if len(set(self.selected)) < len(self.selected):
            raise KeyedError("selected", "found a feature twice")
        judged = {name for name, feature in self.features.items() if feature.selected}
        if self.features and judged != set(self.selected):
            raise KeyedError("selected", "expected the features that are selected under features")
        return self
