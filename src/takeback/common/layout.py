"""Where the stages read and write."""

from collections.abc import Callable, Collection
from pathlib import Path

from takeback.common.errors import UserError

APPLICATIONS = Path("data/applications.parquet")
QUARANTINE = Path("data/quarantine.csv")
SCHEMA = Path("data/schema.json")
SPLIT = {part: Path(f"data/split/{part}.parquet") for part in ("train", "calibration", "test")}
CHECKPOINTS = Path(".takeback/checkpoints")
RELEASE = Path("models/release")
MANIFEST = RELEASE / "manifest.json"
CANDIDATES = Path("models/candidates")
DECISIONS = Path("models/decisions")
SCORES = Path("data/scores")
CALIBRATION_SCORES = Path("data/calibration_scores")
METRICS = Path("metrics")
TRAINING, CALIBRATION, TEST = METRICS / "training", METRICS / "calibration", METRICS / "test"
SPLIT_METRICS = METRICS / "split.json"
SELECTION = METRICS / "selection.json"
DATA_METRICS = METRICS / "data.json"
CHAMPION = METRICS / "champion.json"
BUSINESS = METRICS / "business.json"
GROUPS = METRICS / "groups.json"
GATE = METRICS / "gate.json"
SUMMARY = METRICS / "summary.json"
REPORT = METRICS / "report.html"
PLOTS = METRICS / "plots"
MODEL_CARD = Path("MODEL_CARD.md")
PERFORMANCE = "performance.json"


def candidate(name: str) -> Path:
    """Return the folder of a fitted candidate."""
    return CANDIDATES / name


def decision(name: str) -> Path:
    """Return the folder of a candidate's calibration and policy."""
    return DECISIONS / name


def training(name: str) -> Path:
    """Return the folder of what training a candidate showed."""
    return TRAINING / name


def calibration(name: str) -> Path:
    """Return the folder of a candidate's metrics on the calibration set, which choose the champion."""
    return CALIBRATION / name


def test(name: str) -> Path:
    """Return the folder of a candidate's metrics and plots on the test set."""
    return TEST / name


def scores(name: str) -> Path:
    """Return the file of what a candidate gives each applicant of the test part."""
    return SCORES / f"{name}.parquet"


def calibration_scores(name: str) -> Path:
    """Return the file of what a candidate gives each applicant of the calibration part."""
    return CALIBRATION_SCORES / f"{name}.parquet"


def test_in(exists: Callable[[Path], bool], name: str) -> Path:
    """Return the folder of a candidate's metrics on the test set in a revision; earlier ones had it elsewhere.

    Parameters
    ----------
    exists
        Says whether the revision has a file.
    name
        The candidate.
    """
    folder, earlier = test(name), METRICS / name / "test"
    return earlier if not exists(folder / PERFORMANCE) and exists(earlier / PERFORMANCE) else folder


def evidence(champion: str, exists: Callable[[Path], bool] = Path.exists) -> dict[str, Path]:
    """Return the files that a revision's gate judges a champion by, each by its name in the gate."""
    folder, names = test_in(exists, champion), ("performance", "fairness", "intervals", "reasons")
    files = {name: folder / f"{name}.json" for name in names}
    newer = {name: path for name, path in (("business", BUSINESS), ("groups", GROUPS)) if exists(path)}
    return {**files, **newer, "rule": test_in(exists, "rule") / PERFORMANCE, "data": DATA_METRICS}


def of_no_candidate(candidates: Collection[str], top: Path = Path()) -> list[Path]:
    """Return what a candidate that is none any more has left in a repository."""
    folders = (top / name for name in (CANDIDATES, DECISIONS, SCORES, CALIBRATION_SCORES, TRAINING, CALIBRATION, TEST))
    found = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return [path for path in found if path.name[0] != "." and path.stem not in candidates]


def refuse_removed(candidates: Collection[str]) -> None:
    """Refuse what a candidate that is none any more has left: a stage that reads all of them would take it in.

    Raises
    ------
    UserError
        If there is something, and how to remove it.
    """
    if left := [path.as_posix() for path in of_no_candidate(candidates)]:
        raise UserError(
            f"{left[0]}: is of no candidate; params.yaml has candidates: {', '.join(candidates)}. Remove what is left "
            f"of it, then `dvc repro`:\n  rm -r {' '.join(left)}"
        )
