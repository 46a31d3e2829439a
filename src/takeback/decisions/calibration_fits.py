"""How a calibrator is fitted: four methods from the plainest to the freest, and the choice among them."""

from typing import Any

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import expit

from takeback.common.files import rounded
from takeback.data.expressions import Array
from takeback.decisions.calibration import Calibrator
from takeback.decisions.logistic_regression import logistic_regression

KNOTS = 200
DIGITS = 8
FOLDS = 5
SMALLEST = 1e-6  # as far from 0 and from 1 as a PD goes before its logarithm is taken
AUTO = "auto"


def fit_calibrator(method: str, margins: Array, bad: Array) -> Calibrator:
    """Fit a calibrator on a calibration set.

    Parameters
    ----------
    method
        ``none``: the model's own PD, 1 / (1 + exp(-margin)), for a margin that is log odds.
        ``logistic``: Platt (1999), PD = 1 / (1 + exp(-(a + b margin))).
        ``beta``: Kull, Silva Filho and Flach (2017), logit PD = c + a ln(s) - b ln(1 - s) of the model's own PD s.
        All three are read at 200 quantiles of the margin.
        ``isotonic``: centered isotonic regression (Oron and Flournoy 2017), which rises strictly between the
        weighted centres of the pooled blocks, so that it makes no ties.
        ``auto``: the one of `choose_method`.
    margins, bad
        Shape (n,); bad is 1 for a default.
    """
    margins, bad = (np.asarray(column, dtype=np.float64) for column in (margins, bad))
    if method == AUTO:
        method = choose_method(margins, bad)["method"]
    knots, pds = FITS[method](margins, bad)
    margin = np.array(rounded(np.round(knots, DIGITS).tolist()))
    kept = np.diff(margin, prepend=-np.inf) > 0  # two knots may be one when rounded
    return Calibrator(tuple(margin[kept].tolist()), tuple(np.round(pds, DIGITS)[kept].tolist()))


def choose_method(margins: Array, bad: Array) -> dict[str, Any]:
    """Choose the plainest method that others do not beat by more than one standard error (Breiman et al. 1984).

    Each is fitted on four fifths of the applicants and tried on the rest, five times.

    Parameters
    ----------
    margins, bad
        Shape (n,).

    Returns
    -------
    dict
        ``method``; for each method its ``log_loss`` and the ``standard_error`` of how far it is from the best. Of fewer
        than five applicants ``logistic``, and nothing else.
    """
    if len(bad) < FOLDS:
        return {"method": "logistic", "log_loss": {}, "standard_error": {}}
    losses = {method: _losses(method, margins, bad) for method in FITS}
    mean = {method: float(loss.mean()) for method, loss in losses.items()}
    best = min(mean, key=mean.__getitem__)
    error = {method: float((loss - losses[best]).std() / np.sqrt(len(bad))) for method, loss in losses.items()}
    chosen = next(method for method in FITS if mean[method] - mean[best] <= error[method])
    return {"method": chosen, "log_loss": mean, "standard_error": error}


def _losses(method: str, margins: Array, bad: Array) -> Array:
    """Return each applicant's log loss, shape (n,), by a calibrator that was fitted on others."""
    fold, pds = np.arange(len(bad)) % FOLDS, np.zeros(len(bad))
    for number in range(FOLDS):
        inside = fold == number
        pds[inside] = fit_calibrator(method, margins[~inside], bad[~inside])(margins[inside])
    pds = np.clip(pds, SMALLEST, 1 - SMALLEST)
    return -np.log(np.where(bad == 1, pds, 1 - pds))


def platt(margins: Array, bad: Array) -> tuple[float, float]:
    """Return intercept and slope of the logistic regression of bad on the margin.

    The targets are Platt's (1999), so that a perfect separation has a finite slope. The slope is not below zero: a
    calibrator never turns a ranking round.
    """
    centre, scale = margins.mean(), margins.std() or 1.0
    intercept, slope = _rising([(margins - centre) / scale], bad)
    return intercept - slope / scale * centre, slope / scale


def _rising(columns: list[Array], bad: Array) -> Array:
    """Return an intercept, and a coefficient of each column that is not below 0; 0 for those that would be."""
    n_bad = bad.sum()
    target = np.where(bad == 1, (n_bad + 1) / (n_bad + 2), 1 / (len(bad) - n_bad + 2))
    used = list(range(len(columns)))
    while True:
        found = logistic_regression(np.column_stack([np.ones(len(bad)), *(columns[i] for i in used)]), target)
        if found is not None and (found[1:] >= 0).all():
            break
        used.pop(int(np.argmin(found[1:])) if found is not None else -1)
    result = np.zeros(1 + len(columns))
    result[[0, *(i + 1 for i in used)]] = found
    return result


def _none(margins: Array, bad: Array) -> tuple[Array, Array]:
    knots = _quantiles(margins)
    return knots, expit(knots)


def _logistic(margins: Array, bad: Array) -> tuple[Array, Array]:
    intercept, slope = platt(margins, bad)
    knots = _quantiles(margins)
    return knots, expit(intercept + slope * knots)


def _beta(margins: Array, bad: Array) -> tuple[Array, Array]:
    knots = _quantiles(margins)
    # ln(s) and -ln(1 - s), which rise, in units of their spread
    sides = [(-np.logaddexp(0, -each), np.logaddexp(0, each)) for each in (margins, knots)]
    scaled, at_knots = zip(*(_scaled(fitted, knot) for fitted, knot in zip(*sides, strict=True)), strict=True)
    intercept, *slopes = _rising([*scaled], bad)
    return knots, expit(intercept + sum(slope * column for slope, column in zip(slopes, at_knots, strict=True)))


def _scaled(column: Array, others: Array) -> tuple[Array, Array]:
    centre, scale = column.mean(), column.std() or 1.0
    return (column - centre) / scale, (others - centre) / scale


def _isotonic(margins: Array, bad: Array) -> tuple[Array, Array]:
    values, inverse, counts = np.unique(margins, return_inverse=True, return_counts=True)
    fitted = isotonic_regression(np.bincount(inverse, weights=bad) / counts, weights=counts)
    starts = fitted.blocks[:-1]
    centres = np.add.reduceat(values * counts, starts) / np.add.reduceat(counts, starts)
    return centres, fitted.x[starts]


def _quantiles(margins: Array) -> Array:
    return np.unique(np.quantile(margins, np.linspace(0, 1, KNOTS)))


FITS = {"none": _none, "logistic": _logistic, "beta": _beta, "isotonic": _isotonic}
