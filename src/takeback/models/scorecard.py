"""Points by bins: the packaged form of the rule and of the logistic scorecard. Readable, and scored as it reads."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from takeback.common.strict import KeyedError, Number, Strict, Words, parse
from takeback.data.expressions import Array

LARGEST = float(np.finfo(np.float32).max)  # edges are compared as float32


@dataclass(frozen=True)
class Bins:
    """The points of one feature: below the first edge and from each edge on, and those of a missing value.

    A hand-written rule also gives the reason that its points stand for.
    """

    edges: tuple[float, ...]
    points: tuple[float, ...]
    missing: float
    reason: str = ""

    def __call__(self, values: Array) -> Array:
        """Return the points of each value, shape (n,)."""
        table = np.array([*self.points, self.missing])
        code = np.searchsorted(np.array(self.edges, dtype=np.float32), values, side="right")
        return table[np.where(np.isnan(values), len(self.points), code)]


@dataclass(frozen=True)
class Scorecard:
    """Log-odds of default (or, for a hand-written rule, points) as a sum over binned features."""

    intercept: float
    bins: Mapping[str, Bins]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The encoded names of the matrix columns that it reads, in order."""
        return tuple(self.bins)

    def margin(self, matrix: Array) -> Array:
        """Return the sum of points.

        Parameters
        ----------
        matrix
            Shape (n, len(inputs)), float32.

        Returns
        -------
        numpy.ndarray
            Shape (n,), float64; summed feature by feature, so a row gives the same bits in any batch.
        """
        total = np.full(len(matrix), self.intercept)
        for position, bins in enumerate(self.bins.values()):
            total += bins(matrix[:, position])
        return total

    def contributions(self, matrix: Array) -> Array:
        """Return each feature's points less their mean over ``matrix``, shape (n, len(inputs))."""
        points = np.column_stack([bins(matrix[:, i]) for i, bins in enumerate(self.bins.values())])
        return points - points.mean(axis=0)

    def to_dict(self) -> dict[str, Any]:
        """Return the form that is written as JSON; a list, since the order of features is the matrix's."""
        return {"intercept": self.intercept, "features": [{"name": n, **asdict(b)} for n, b in self.bins.items()]}


class _Feature(Strict):
    name: Annotated[str, Field(min_length=1)]
    edges: tuple[Annotated[Number, Field(ge=-LARGEST, le=LARGEST)], ...]
    points: tuple[Number, ...]
    missing: Number
    reason: Literal[""] | Words

    @model_validator(mode="after")
    def _one_value_more_than_edges(self) -> Self:
        if list(self.edges) != sorted(set(self.edges)):
            raise KeyedError("edges", f"of {self.name}: expected rising values")
        if len(self.points) != len(self.edges) + 1:
            raise KeyedError("points", f"of {self.name}: expected {len(self.edges) + 1}, one more than edges")
        return self


class _Form(Strict):
    intercept: Number
    features: Annotated[tuple[_Feature, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_feature_once(self) -> Self:
        if len({feature.name for feature in self.features}) < len(self.features):
            raise KeyedError("features", "found one twice")
        if len({bool(feature.reason) for feature in self.features}) > 1:
            raise KeyedError("features", "found some without a reason; expected one for each, or for none")
        return self


def scorecard_from(content: Mapping[str, Any], source: str = "scorecard") -> Scorecard:
    """Build a scorecard from the form that `Scorecard.to_dict` gives.

    Raises
    ------
    UserError
        If it is not of that form; ``source`` names it.
    """
    form = parse(_Form, content, source)
    bins = {
        feature.name: Bins(feature.edges, feature.points, feature.missing, feature.reason) for feature in form.features
    }
    return Scorecard(form.intercept, bins)
