"""A scorecard by logistic regression on binned inputs, monotone where the contract says so."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from takeback.config import Logistic
from takeback.data.binning import bin_edges
from takeback.data.expressions import Array
from takeback.models.scorecard import Bins, Scorecard
from takeback.models.training import Training
from takeback.models.weights import class_weights

DIGITS = 5


def fit_logistic(settings: Logistic, data: Training) -> Scorecard:
    """Fit a scorecard.

    Each feature is cut at quantiles and coded cumulatively: one indicator per edge, ``x >= edge``. The coefficient
    of an indicator is then the step in log-odds at that edge, and a monotone feature is one whose steps all have one
    sign, which is a bound. The loss is the ridge-penalised log loss of logistic regression (Hosmer, Lemeshow and
    Sturdivant 2013), minimised by L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995).

    Parameters
    ----------
    settings
        Number of bins, penalty and class weight.
    data
        Training data; NaN is missing.

    Returns
    -------
    Scorecard
        Steps are rounded to five decimals, far above what the order of additions can change.
    """
    columns = data.matrix.T
    edges = [bin_edges(column, settings.bins) for column in columns]
    design = np.column_stack([indicators(column, cut) for column, cut in zip(columns, edges, strict=True)])
    bounds = [b for cut, direction in zip(edges, data.directions, strict=True) for b in _bounds(len(cut), direction)]
    weights = class_weights(data.bad, settings.class_weight)
    return _scorecard(data.names, edges, np.round(_minimise(design, data.bad, weights, settings.l2, bounds), DIGITS))


def indicators(values: Array, edges: Sequence[float]) -> Array:
    """Return ``x >= edge`` for each edge and, last, whether x is missing; shape (n, len(edges) + 1)."""
    with np.errstate(invalid="ignore"):
        steps = values[:, None] >= np.array(edges, dtype=np.float32)[None, :]
    return np.column_stack([steps, np.isnan(values)]).astype(np.float64)


def _bounds(edges: int, direction: int) -> list[tuple[float | None, float | None]]:
    step = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}[direction]
    return [step] * edges + [(None, None)]


def _minimise(design: Array, bad: Array, weight: Array, l2: float, bounds: list) -> Array:
    def loss(coefficients: Array) -> tuple[float, Array]:
        margin = coefficients[0] + design @ coefficients[1:]
        error = weight * (expit(margin) - bad)
        steps = coefficients[1:]
        value = weight @ (np.logaddexp(0, margin) - bad * margin) + l2 / 2 * steps @ steps
        return float(value), np.concatenate([[error.sum()], design.T @ error + l2 * steps])

    start = np.zeros(design.shape[1] + 1)
    # One thread: with more, BLAS adds in another order and the last digits of the steps move.
    with threadpool_limits(1):
        options = {"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-6}
        return minimize(loss, start, method="L-BFGS-B", jac=True, bounds=[(None, None), *bounds], options=options).x


def _scorecard(names: Sequence[str], edges: Sequence[Sequence[float]], coefficients: Array) -> Scorecard:
    bins, start = {}, 1
    for name, cut in zip(names, edges, strict=True):
        steps = coefficients[start : start + len(cut)]
        points = np.round(np.concatenate([[0.0], np.cumsum(steps)]), DIGITS)
        missing = float(coefficients[start + len(cut)])
        bins[name] = Bins(tuple(cut), tuple(points.tolist()), missing)
        start += len(cut) + 1
    return Scorecard(float(coefficients[0]), bins)
