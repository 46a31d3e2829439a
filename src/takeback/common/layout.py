"""Where the stages read and write."""

from pathlib import Path

APPLICATIONS = Path("data/applications.parquet")
QUARANTINE = Path("data/quarantine.csv")
SCHEMA = Path("data/schema.json")
SPLIT = {part: Path(f"data/split/{part}.parquet") for part in ("train", "calibration", "test")}
CHECKPOINTS = Path(".takeback/checkpoints")
RELEASE = Path("models/release")
MANIFEST = RELEASE / "manifest.json"
SCORES = Path("data/scores")
METRICS = Path("metrics")
SPLIT_METRICS = METRICS / "split.json"
SELECTION = METRICS / "selection.json"
DATA_METRICS = METRICS / "data.json"
CHAMPION = METRICS / "champion.json"
GATE = METRICS / "gate.json"
REPORT = METRICS / "report.html"
MODEL_CARD = Path("MODEL_CARD.md")


def candidate(name: str) -> Path:
    """Return the folder of a fitted candidate."""
    return Path("models/candidates") / name


def decision(name: str) -> Path:
    """Return the folder of a candidate's calibration and policy."""
    return Path("models/decisions") / name


def training(name: str) -> Path:
    """Return the folder of what training a candidate showed."""
    return METRICS / name / "training"


def calibration(name: str) -> Path:
    """Return the folder of a candidate's metrics on the calibration set, which choose the champion."""
    return METRICS / name / "calibration"


def test(name: str) -> Path:
    """Return the folder of a candidate's metrics and plots on the test set."""
    return METRICS / name / "test"


def scores(name: str) -> Path:
    """Return the file of what a candidate gives each applicant of the test part."""
    return SCORES / f"{name}.parquet"


def evidence(champion: str) -> dict[str, Path]:
    """Return the files that the gate judges a champion by, each by its name in the gate."""
    names = ("performance", "fairness", "intervals", "reasons")
    files = {name: test(champion) / f"{name}.json" for name in names}
    return {**files, "rule": test("rule") / "performance.json", "data": DATA_METRICS}
