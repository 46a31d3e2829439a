"""Which applications train a model, which calibrate it and which test it."""

import hashlib
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.common.errors import UserError
from takeback.config.params import Split
from takeback.data.contract import Contract

PARTS = ("train", "calibration", "test")


def position(applicant: str, salt: str) -> float:
    """Return a number in [0, 1) that depends on the applicant alone, so a row never changes side as data grows."""
    digest = hashlib.sha256(f"{salt}:{applicant}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def split(contract: Contract, settings: Split, applications: pa.Table) -> dict[str, pa.Table]:
    """Divide applications into the three parts.

    With ``test_from`` set, applications from that date on are the test set (out of time) and the hash divides the
    earlier ones into train and calibration; otherwise the hash alone divides.

    Raises
    ------
    UserError
        If a part would be empty or hold one outcome only.
    """
    where = np.array([position(text, settings.salt) for text in applications[contract.id_name].to_pylist()])
    calibration = where < settings.calibration
    test = (where >= settings.calibration) & (where < settings.calibration + settings.test)
    if settings.test_from:
        test = _from_date(contract, settings.test_from, applications)
        calibration &= ~test
    masks = dict(zip(PARTS, (~calibration & ~test, calibration, test), strict=True))
    parts = {name: applications.filter(pa.array(mask)) for name, mask in masks.items()}
    for name, part in parts.items():
        _check_outcomes(name, part)
    return parts


def _from_date(contract: Contract, start: str, applications: pa.Table) -> np.ndarray:
    try:
        first = date.fromisoformat(start)
    except ValueError:
        raise UserError(f"params.yaml: split.test_from: found {start!r}; expected a date like 2024-12-31.") from None
    return pc.greater_equal(applications[contract.date], pa.scalar(first)).to_numpy()


def _check_outcomes(name: str, part: pa.Table) -> None:
    bad = pc.sum(part["bad"]).as_py() or 0
    if not 0 < bad < part.num_rows:
        raise UserError(
            f"the {name} part has {part.num_rows} applications, {bad} of them bad; expected good and bad ones. "
            "Change split.* or bring more data."
        )
