"""A sum of curves, one for each input: the packaged form of splines and lines, scored as it reads.

ONNX has operators for this too, but its linear ones multiply matrices by another kernel for one row than for many, and
an applicant would get other bits alone than in a batch. Here every row is multiplied and added in one order.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from takeback.common.strict import KeyedError, Number, Strict, parse
from takeback.data.expressions import Array

LARGEST = float(np.finfo(np.float32).max)
MOST_EDGES, MOST_COEFFICIENTS = 200, 10


@dataclass(frozen=True)
class Curve:
    """A piecewise polynomial: one piece below the first edge and one from each edge on.

    A piece is ``c[0] + c[1] t + c[2] t^2 ...``. Between two edges t runs from 0 to 1; the outer pieces have the t of
    the piece beside them, and a curve without two edges has the input itself. ``missing`` is for a missing input.
    """

    edges: tuple[float, ...]
    pieces: tuple[tuple[float, ...], ...]
    missing: float

    def __call__(self, values: Array) -> Array:
        """Return the curve at each value, shape (n,), float64."""
        x = values.astype(np.float64)
        piece = np.searchsorted(np.array(self.edges), x, side="right")
        starts, widths = self._scales()
        t = (x - starts[piece]) / widths[piece]
        table = self._table()
        result = table[piece, -1]
        for column in table.T[-2::-1]:
            result = result * t + column[piece]
        return np.where(np.isnan(x), self.missing, result)

    def _scales(self) -> tuple[Array, Array]:
        """Return where t is 0 and what it is divided by, each of shape (pieces,)."""
        if len(self.edges) < 2:
            return np.zeros(len(self.pieces)), np.ones(len(self.pieces))
        starts, widths = np.array(self.edges[:-1]), np.diff(self.edges)
        return starts[[0, *range(len(starts)), -1]], widths[[0, *range(len(widths)), -1]]

    def _table(self) -> Array:
        degree = max(map(len, self.pieces))
        return np.array([[*piece, *[0.0] * (degree - len(piece))] for piece in self.pieces])


@dataclass(frozen=True)
class CurveTable:
    """Log-odds of default as a sum of curves."""

    intercept: float
    curves: Mapping[str, Curve]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The encoded names of the matrix columns that it reads, in order."""
        return tuple(self.curves)

    def margin(self, matrix: Array) -> Array:
        """Return the log-odds, shape (n,), float64, for a float32 matrix of shape (n, len(inputs))."""
        total = np.full(len(matrix), self.intercept)
        for position, curve in enumerate(self.curves.values()):
            total += curve(matrix[:, position])
        return total

    def contributions(self, matrix: Array) -> Array:
        """Return each input's part less its mean over ``matrix``, shape (n, len(inputs))."""
        parts = np.column_stack([curve(matrix[:, i]) for i, curve in enumerate(self.curves.values())])
        return parts - parts.mean(axis=0)

    def to_dict(self) -> dict[str, Any]:
        """Return the form that is written as JSON; a list, since the order of inputs is the matrix's."""
        return {"intercept": self.intercept, "inputs": [{"name": n, **asdict(c)} for n, c in self.curves.items()]}


Edge = Annotated[Number, Field(ge=-LARGEST, le=LARGEST)]
Piece = Annotated[tuple[Number, ...], Field(min_length=1, max_length=MOST_COEFFICIENTS)]


class _Input(Strict):
    name: Annotated[str, Field(min_length=1)]
    edges: Annotated[tuple[Edge, ...], Field(max_length=MOST_EDGES)]
    pieces: tuple[Piece, ...]
    missing: Number

    @model_validator(mode="after")
    def _one_piece_more(self) -> Self:
        if len(self.pieces) != len(self.edges) + 1 or any(b <= a for a, b in pairwise(self.edges)):
            raise KeyedError("edges", "expected rising numbers, and one piece more")
        if not np.isfinite(np.diff(self.edges)).all():
            raise KeyedError("edges", "lie too far apart")
        return self


class _Form(Strict):
    intercept: Number
    inputs: Annotated[tuple[_Input, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({item.name for item in self.inputs}) < len(self.inputs):
            raise KeyedError("inputs", "found one twice")
        return self


def curves_from(content: Mapping[str, Any], source: str = "curves") -> CurveTable:
    """Build a table from the form that `CurveTable.to_dict` gives.

    Raises
    ------
    UserError
        If it is not of that form; ``source`` names it.
    """
    form = parse(_Form, content, source)
    return CurveTable(form.intercept, {i.name: Curve(i.edges, i.pieces, i.missing) for i in form.inputs})
