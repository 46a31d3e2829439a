"""A scorecard by logistic regression on binned inputs, monotone where the contract says so."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from scipy.linalg import block_diag
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit
from threadpoolctl import threadpool_limits

from takeback.config.candidate_settings import ClassWeight
from takeback.data.encoding import bin_edges
from takeback.data.expressions import Array
from takeback.models.binary import BinaryClassifier
from takeback.models.scorecard import Bins, Scorecard
from takeback.models.training import row_weights

DIGITS = 4
NEWTON_STEPS = 4


class ScorecardClassifier(BinaryClassifier):
    """A scorecard.

    Each feature is cut at quantiles and coded cumulatively: one indicator per edge, ``x >= edge``. The coefficient
    of an indicator is then the step in log-odds at that edge, and a monotone feature is one whose steps all have one
    sign, which is a bound. The loss is the ridge-penalised log loss of logistic regression (Hosmer, Lemeshow and
    Sturdivant 2013), minimised by L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) and Newton's method.

    Parameters
    ----------
    bins
        Into how many bins a feature is cut at most.
    l2
        The ridge penalty on the steps between bins.
    class_weight
        ``none``, or ``balanced``: good and bad applicants weigh the same in total.
    monotonic_cst
        The direction of each feature, shape (d,): 1, -1, or 0 for none.

    Attributes
    ----------
    intercept_, bins_
        Log-odds before any points, and the points of each feature. They are sums of steps that are rounded to four
        decimals, far above what the order of additions can change.
    """

    def __init__(
        self,
        bins: int = 7,
        l2: float = 30.0,
        class_weight: ClassWeight = "none",
        monotonic_cst: Sequence[int] | None = None,
    ) -> None:
        self.bins = bins
        self.l2 = l2
        self.class_weight = class_weight
        self.monotonic_cst = monotonic_cst

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to inputs of shape (n, d) and outcomes of shape (n,), each row counting ``sample_weight``."""
        data = self._training(X, y, sample_weight)
        edges = [bin_edges(column, self.bins) for column in data.matrix.T]
        bounds = [
            b for cut, direction in zip(edges, data.directions, strict=True) for b in _bounds(len(cut), direction)
        ]
        design = (_membership(data.matrix, edges), _points_from_steps(edges))
        weights = row_weights(data, self.class_weight)
        steps = np.round(_minimise(design, data.bad, weights, self.l2, bounds), DIGITS)
        self.intercept_, self.bins_ = float(steps[0]), _bins(edges, steps[1:])
        return self

    def packaged(self, names: Sequence[str]) -> Scorecard:
        """Return the form that a bundle holds; ``names`` are the encoded names of the columns."""
        return Scorecard(self.intercept_, dict(zip(names, self.bins_, strict=True)))

    def decision_function(self, X: Any) -> Array:
        """Return the log-odds, shape (n,)."""
        return self.margin(self._inputs(X))

    def margin(self, matrix: Array) -> Array:
        """Return the log-odds of each row, shape (n,)."""
        return self.packaged([*map(str, range(len(self.bins_)))]).margin(matrix)


def _membership(matrix: Array, edges: Sequence[Sequence[float]]) -> csr_array:
    """Return which bin each row is in, one 1 per row and feature: shape (n, bins); the last bin is missing."""
    sizes = [len(cut) + 2 for cut in edges]
    starts = np.cumsum([0, *sizes[:-1]])
    codes = [np.searchsorted(np.array(c, np.float32), x, side="right") for c, x in zip(edges, matrix.T, strict=True)]
    missing = np.isnan(matrix.T)
    columns = starts[:, None] + np.where(missing, np.array(sizes)[:, None] - 1, np.array(codes))
    rows = np.tile(np.arange(len(matrix)), len(edges))
    return csr_array((np.ones(columns.size), (rows, columns.ravel())), shape=(len(matrix), sum(sizes)))


def _points_from_steps(edges: Sequence[Sequence[float]]) -> csr_array:
    """Return the sum of steps that each bin stands for: shape (bins, steps); a missing value has a step of its own."""
    blocks = []
    for cut in edges:
        block = np.zeros((len(cut) + 2, len(cut) + 1))
        block[:-1, :-1] = np.tri(len(cut) + 1, len(cut), -1)
        block[-1, -1] = 1
        blocks.append(block)
    return csr_array(block_diag(*blocks))


def _bounds(edges: int, direction: int) -> list[tuple[float | None, float | None]]:
    step = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}[direction]
    return [step] * edges + [(None, None)]


def _minimise(design: tuple[csr_array, csr_array], bad: Array, weight: Array, l2: float, bounds: list) -> Array:
    member, points = design
    transposed = (csr_array(member.T), csr_array(points.T))

    def loss(coefficients: Array) -> tuple[float, Array]:
        steps = coefficients[1:]
        margin = coefficients[0] + member @ (points @ steps)
        error = weight * (expit(margin) - bad)
        value = weight @ (np.logaddexp(0, margin) - bad * margin) + l2 / 2 * steps @ steps
        return float(value), np.concatenate([[error.sum()], transposed[1] @ (transposed[0] @ error) + l2 * steps])

    start = np.zeros(points.shape[1] + 1)
    # One thread: with more, BLAS adds in another order.
    with threadpool_limits(1):
        found = minimize(loss, start, method="L-BFGS-B", jac=True, bounds=[(None, None), *bounds]).x
        return _polished(found, (member @ points).toarray(), loss, weight, l2)


def _polished(coefficients: Array, columns: Array, loss: Callable, weight: Array, l2: float) -> Array:
    """Take Newton steps on the coefficients that are not held at zero.

    L-BFGS-B stops some 1e-5 short, where the last digits depend on the processor; after Newton's method they do not.
    """
    free = np.concatenate([[True], coefficients[1:] != 0])
    design = np.column_stack([np.ones(len(columns)), columns])[:, free]
    ridge = l2 * np.diag(np.concatenate([[0.0], np.ones(free.sum() - 1)]))
    for _ in range(NEWTON_STEPS):
        pd = expit(design @ coefficients[free])
        curvature = (design * (weight * pd * (1 - pd))[:, None]).T @ design + ridge
        coefficients[free] -= np.linalg.solve(curvature, loss(coefficients)[1][free])
    return coefficients


def _bins(edges: Sequence[Sequence[float]], steps: Array) -> list[Bins]:
    bins, start = [], 0
    for cut in edges:
        points = np.round(np.concatenate([[0.0], np.cumsum(steps[start : start + len(cut)])]), DIGITS)
        bins.append(Bins(tuple(cut), tuple(points.tolist()), float(steps[start + len(cut)])))
        start += len(cut) + 1
    return bins
