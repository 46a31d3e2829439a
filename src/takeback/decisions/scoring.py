"""The one scorer: every number in metrics/, every batch and every request comes from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from takeback.common.errors import UserError
from takeback.data.contract import Contract
from takeback.data.encoding import matrix
from takeback.data.expressions import Array, Columns, evaluate
from takeback.decisions.calibration import Calibrator
from takeback.decisions.policy import Thresholds, decide
from takeback.models.packaged import Packaged


@dataclass(frozen=True)
class Scorer:
    """A packaged model with the contract, calibration and policy that make its score a decision.

    ``usual`` is what reasons are held against: see `takeback.decisions.reasons.usual`.
    """

    contract: Contract
    model: Packaged
    calibrator: Calibrator
    thresholds: Thresholds
    usual: Mapping[str, float] = field(default_factory=dict)


class Scores(NamedTuple):
    """Per row, shape (n,): the PD, whether the file is thin, and the decision as a position in ``DECISIONS``."""

    pd: Array
    thin: Array
    decision: Array


def margins(contract: Contract, model: Packaged, columns: Columns) -> Array:
    """Return the model's margin of checked columns, shape (n,).

    Raises
    ------
    UserError
        If the model gives anything but a finite number to each row.
    """
    inputs = matrix(contract, columns, model.inputs)
    with np.errstate(all="ignore"):  # what comes of it is checked
        found = model.margin(inputs)
    if found.shape != (len(inputs),) or not np.isfinite(found).all():
        raise UserError("The model gave no finite score to an applicant. Do not use it: take the release back.")
    return found


def thin_files(contract: Contract, columns: Columns) -> Array:
    """Return which applicants have too little history for a model to decide, shape (n,), bool."""
    return evaluate(contract.thin_file.expression, columns, contract.levels) == 1


def score(scorer: Scorer, columns: Columns) -> Scores:
    """Score checked columns; see `takeback.data.validation.read_columns`."""
    thin = thin_files(scorer.contract, columns)
    pd = probability(scorer, columns)
    return Scores(pd, thin, decide(scorer.thresholds, pd, thin))


def probability(scorer: Scorer, columns: Columns) -> Array:
    """Return the calibrated PD of checked columns, shape (n,).

    Raises
    ------
    UserError
        If it is no share for each row.
    """
    pd = scorer.calibrator(margins(scorer.contract, scorer.model, columns))
    if not ((pd >= 0) & (pd <= 1)).all():
        raise UserError("The calibration gave an applicant no PD from 0 to 1. Do not use it: take the release back.")
    return pd
