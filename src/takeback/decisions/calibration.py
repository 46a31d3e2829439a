"""From a model's margin to a calibrated probability of default (PD)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from takeback.common.files import rounded
from takeback.common.strict import KeyedError, Number, Strict, Unit, parse
from takeback.data.expressions import Array

KNOTS = 200
DIGITS = 8


@dataclass(frozen=True)
class Calibrator:
    """A rising piecewise-linear table from margin to PD.

    A table, whatever the method: reading it takes additions, multiplications and divisions only, which every
    processor rounds the same way, and a person can read it too.
    """

    margins: tuple[float, ...]
    pds: tuple[float, ...]

    def __call__(self, margins: Array) -> Array:
        """Return the PD of each margin, shape (n,); beyond the ends of the table, the PD at the end."""
        return np.interp(margins, self.margins, self.pds)

    def to_dict(self) -> dict[str, Any]:
        """Return the form that is written as JSON."""
        return {"margins": list(self.margins), "pds": list(self.pds)}


class _Form(Strict):
    margins: Annotated[tuple[Number, ...], Field(min_length=1)]
    pds: tuple[Unit, ...]

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if len(self.margins) != len(self.pds):
            raise KeyedError("pds", f"found {len(self.pds)}, expected as many as margins, {len(self.margins)}")
        if any(low >= high for low, high in pairwise(self.margins)):
            raise KeyedError("margins", "found one that is not above the one before it, expected rising values")
        with np.errstate(all="ignore"):  # what is read between two margins is as finite as the rise between them
            rises = np.diff(np.array(self.pds)) / (gaps := np.diff(np.array(self.margins)))
        if not np.isfinite([rises, gaps]).all():
            raise KeyedError("margins", "found two that lie too far apart or too close to read a PD between them")
        if any(low > high for low, high in pairwise(self.pds)):
            raise KeyedError("pds", "found one below the one before it: a higher margin is never a lower PD")
        return self


def calibrator_from(content: Mapping[str, Any], source: str = "calibration") -> Calibrator:
    """Build a calibrator from the form that `Calibrator.to_dict` gives.

    Raises
    ------
    UserError
        If it is not of that form; ``source`` names it.
    """
    form = parse(_Form, content, source)
    return Calibrator(form.margins, form.pds)


def fit_calibrator(method: str, margins: Array, bad: Array) -> Calibrator:
    """Fit a calibrator on a calibration set.

    Parameters
    ----------
    method
        ``logistic``: Platt (1999), PD = 1 / (1 + exp(-(a + b margin))), read at 200 quantiles of the margin.
        ``isotonic``: centered isotonic regression (Oron and Flournoy 2017), which rises strictly between the
        weighted centres of the pooled blocks, so that it makes no ties.
    margins, bad
        Shape (n,); bad is 1 for a default.
    """
    knots, pds = _FITS[method](np.asarray(margins, dtype=np.float64), np.asarray(bad, dtype=np.float64))
    margin = np.array(rounded(np.round(knots, DIGITS).tolist()))
    kept = np.diff(margin, prepend=-np.inf) > 0  # two knots may be one when rounded
    return Calibrator(tuple(margin[kept].tolist()), tuple(np.round(pds, DIGITS)[kept].tolist()))


def _logistic(margins: Array, bad: Array) -> tuple[Array, Array]:
    intercept, slope = platt(margins, bad)
    knots = np.unique(np.quantile(margins, np.linspace(0, 1, KNOTS)))
    return knots, 1 / (1 + np.exp(-(intercept + slope * knots)))


def platt(margins: Array, bad: Array, steps: int = 100) -> tuple[float, float]:
    """Return intercept and slope of the logistic regression of bad on the margin, by Newton's method.

    The targets are Platt's (1999), (n_bad + 1) / (n_bad + 2) and 1 / (n_good + 2), so that a perfect separation has
    a finite slope. The slope is not below zero: a calibrator never turns a ranking round.
    """
    n_bad = bad.sum()
    target = np.where(bad == 1, (n_bad + 1) / (n_bad + 2), 1 / (len(bad) - n_bad + 2))
    centre, scale = margins.mean(), margins.std() or 1.0
    design = np.column_stack([np.ones(len(margins)), (margins - centre) / scale])
    weights = np.zeros(2)
    for _ in range(steps):
        pd = 1 / (1 + np.exp(-design @ weights))
        hessian = (design * (pd * (1 - pd))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (target - pd))
        weights = weights + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    slope = max(weights[1], 0.0) / scale
    return float(weights[0] - slope * centre), float(slope)


def _isotonic(margins: Array, bad: Array) -> tuple[Array, Array]:
    values, inverse, counts = np.unique(margins, return_inverse=True, return_counts=True)
    rates = np.bincount(inverse, weights=bad) / counts
    blocks: list[list[float]] = []  # weight, rate, margin: pool adjacent violators
    for value, rate, count in zip(values, rates, counts, strict=True):
        blocks.append([float(count), float(rate), float(value)])
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            blocks[-2:] = [_pooled(*blocks[-2:])]
    _, pds, centres = np.array(blocks).T
    return centres, pds


def _pooled(left: list[float], right: list[float]) -> list[float]:
    weight = left[0] + right[0]
    return [weight, *((left[0] * a + right[0] * b) / weight for a, b in zip(left[1:], right[1:], strict=True))]


_FITS = {"logistic": _logistic, "isotonic": _isotonic}
