"""Which applications train a model, which calibrate it and which test it."""

import hashlib
from datetime import date

import pandas as pd

from takeback.common.errors import UserError
from takeback.config.params import Split
from takeback.data.contract import Contract

PARTS = ("train", "calibration", "test")


def position(applicant: str, salt: str) -> float:
    """Return a number in [0, 1) that depends on the applicant alone, so a row never changes side as data grows."""
    digest = hashlib.sha256(f"{salt}:{applicant}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def positions(applicants: pd.Series, salt: str) -> pd.Series:
    """Return the position of each applicant."""
    return pd.Series([position(text, salt) for text in applicants], applicants.index, dtype=float)


def split(contract: Contract, settings: Split, applications: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Divide applications into the three parts.

    With ``test_from`` set, applications from that date on are the test set (out of time) and the hash divides the
    earlier ones into train and calibration; otherwise the hash alone divides.

    Raises
    ------
    UserError
        If a part would be empty or hold one outcome only.
    """
    where = positions(applications[contract.id_name], settings.salt)
    test = where.between(settings.calibration, settings.calibration + settings.test, inclusive="left")
    if settings.test_from:
        test = _from_date(settings.test_from, applications[contract.date])
    calibration = (where < settings.calibration) & ~test
    masks = dict(zip(PARTS, (~calibration & ~test, calibration, test), strict=True))
    parts = {name: applications[mask] for name, mask in masks.items()}
    for name, part in parts.items():
        _check_outcomes(name, part)
    return parts


def _from_date(start: str, days: pd.Series) -> pd.Series:
    try:
        first = date.fromisoformat(start)
    except ValueError:
        raise UserError(f"params.yaml: split.test_from: found {start!r}; expected a date like 2024-12-31.") from None
    return (days >= first).astype(bool)


def _check_outcomes(name: str, part: pd.DataFrame) -> None:
    bad = part["bad"].sum()
    if not 0 < bad < len(part):
        raise UserError(
            f"the {name} part has {len(part)} applications, {bad} of them bad; expected good and bad ones. "
            "Change split.* or bring more data."
        )
