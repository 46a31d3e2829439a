"""From a linear scikit-learn model, alone or behind steps that treat each column by itself, to a sum of curves.

The last step is a sum over its columns. Each step before is undone backwards: what it makes of a column is put into
the curve of that column. A step that mixes columns has no such form.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from scipy.interpolate import BSpline, PPoly

from takeback.common.files import rounded
from takeback.data.expressions import Array
from takeback.models.curves import Curve, CurveTable, curves_from


class _Sum:
    """A sum over the columns of one step: numbers times columns, and later a curve for each."""

    def __init__(self, intercept: float, weights: Array) -> None:
        self.intercept, self.weights = intercept, weights
        self.curves: list[Curve] | None = None

    def as_curves(self) -> list[Curve]:
        """Return a curve for each column; a missing value has none yet."""
        if self.curves is None:
            self.curves = [Curve((), ((0.0, float(weight)),), np.nan) for weight in self.weights]
        return self.curves


def sum_of_curves(estimator: Any, names: Sequence[str]) -> CurveTable:
    """Return the packaged form of a fitted linear classifier or a Pipeline that ends in one.

    Raises
    ------
    ValueError
        If a step mixes columns or is not known here, or a missing value has no place.
    """
    *steps, last = [step for _, step in estimator.steps] if hasattr(estimator, "steps") else [estimator]
    if not (hasattr(last, "coef_") and hasattr(last, "decision_function")):
        raise ValueError(f"its last step {type(last).__name__} is no sum over columns")
    total = _Sum(float(last.intercept_[0]), np.asarray(last.coef_, dtype=float)[0])
    for step in reversed(steps):
        if step not in ("passthrough", None):
            _undoing(step)(step, total)
    curves = total.as_curves()
    if any(np.isnan(curve.missing) for curve in curves):
        raise ValueError("it takes no missing values; expected sklearn.impute.SimpleImputer as its first step")
    table = CurveTable(total.intercept, dict(zip(names, curves, strict=True)))
    return curves_from(rounded(table.to_dict()))


def _undoing(step: Any) -> Callable[[Any, _Sum], None]:
    name = type(step).__name__
    if name not in STEPS:
        raise ValueError(f"its step {name} is none of {', '.join(STEPS)}")
    return STEPS[name]


def _splines(step: Any, total: _Sum) -> None:
    """Put the spline of each column behind a sum (`SplineTransformer`; de Boor 1978)."""
    if step.extrapolation not in ("constant", "linear", "continue"):
        raise ValueError(f"its splines have the extrapolation {step.extrapolation!r}")
    if total.curves is not None:
        raise ValueError("its splines come before other splines or an imputer")
    missing = 0.0 if step.handle_missing == "zeros" else np.nan
    parts = np.split(total.weights, len(step.bsplines_))
    total.curves = [_spline_curve(step, s, w, missing) for s, w in zip(step.bsplines_, parts, strict=True)]


def _spline_curve(step: Any, spline: Any, weights: Array, missing: float) -> Curve:
    coefficients = spline.c[:, : len(weights)] @ weights  # without a bias the last column is left out
    function = BSpline(spline.t, coefficients, step.degree)
    edges = np.unique(spline.t[step.degree : -step.degree or None])
    pieces = PPoly.from_spline(function)
    inner = [_piece(pieces, start, end) for start, end in pairwise(edges)]
    first, last = (_outer(step, function, edges, side) or inner[side] for side in (0, -1))
    return Curve(tuple(edges.tolist()), (first, *inner, last), missing)


def _piece(pieces: PPoly, start: float, end: float) -> tuple[float, ...]:
    """Return the coefficients between two knots, of t from 0 to 1."""
    at = np.searchsorted(pieces.x, start, side="right") - 1
    inside = Polynomial([start - pieces.x[at], end - start])
    return tuple(Polynomial(pieces.c[::-1, at])(inside).coef.tolist())


def _outer(step: Any, function: BSpline, edges: Array, side: int) -> tuple[float, ...] | None:
    """Return how a curve goes on below the first knot (side 0) or above the last (side -1); None: as inside."""
    value = float(function(edges[side]))  # scikit-learn's own boundary: with knots twice, a spline jumps there
    if step.extrapolation == "constant":
        return (value,)
    if step.extrapolation == "linear":
        slope = float(function(edges[side], 1)) * float(np.diff(edges)[side])
        return (value + slope * side, slope)
    return None


def _scaled(step: Any, total: _Sum) -> None:
    """Put a scaler behind a sum: its columns are ``slope * x + start``."""
    if getattr(step, "clip", False):
        raise ValueError("it has a scaler that clips")
    width = step.n_features_in_
    start, one = step.transform(np.zeros((1, width)))[0], step.transform(np.ones((1, width)))[0]
    slope = one - start
    if total.curves is None:
        total.intercept += float(total.weights @ start)
        total.weights = total.weights * slope
    else:
        total.curves = [_unscaled(*each) for each in zip(total.curves, slope, start, strict=True)]


def _unscaled(curve: Curve, slope: float, start: float) -> Curve:
    edges = tuple(((np.array(curve.edges) - start) / slope).tolist())
    if len(edges) > 1:
        return Curve(edges, curve.pieces, curve.missing)
    inner = Polynomial([start, slope])
    pieces = tuple(tuple(Polynomial(p)(inner).coef.tolist()) for p in curve.pieces)
    return Curve(edges, pieces, curve.missing)


def _imputed(step: Any, total: _Sum) -> None:
    """Give a missing value what its column is filled with."""
    if step.add_indicator or len(step.statistics_) != len(total.as_curves()):
        raise ValueError("it has an imputer that adds or leaves out columns")
    filled = zip(total.as_curves(), step.statistics_.astype(float), strict=True)
    total.curves = [Curve(c.edges, c.pieces, float(c(np.array([value]))[0])) for c, value in filled]


STEPS: dict[str, Callable[[Any, _Sum], None]] = {
    "SplineTransformer": _splines,
    "SimpleImputer": _imputed,
    "StandardScaler": _scaled,
    "MinMaxScaler": _scaled,
    "MaxAbsScaler": _scaled,
    "RobustScaler": _scaled,
}
