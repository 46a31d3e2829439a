"""Trials: an alternative, what it gave on each resplit, and the means with their spread."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from takeback.alternatives.space import Alternative, Point
from takeback.alternatives.workers import WHY_NOT

PROFIT, RATIO = "profit_per_application", "smallest_ratio"
MEASURES = (PROFIT, RATIO, "auc", "approve_rate", "refer_rate", "inputs")


class Spread(NamedTuple):
    """Mean and sample standard deviation (n - 1) over resplits; None where a resplit gave no value."""

    mean: float | None
    sd: float | None


class Trial(NamedTuple):
    """An alternative that was tried; ``size`` is how many choices it changes beside the kind. The baseline is first."""

    number: int
    phase: str
    point: Point
    alternative: Alternative
    size: int
    results: list[dict[str, Any]]

    @property
    def why_not(self) -> str | None:
        """Why the alternative cannot be built; None if it can."""
        return next((result[WHY_NOT] for result in self.results if WHY_NOT in result), None)


def spread(results: Sequence[dict[str, Any]], measure: str) -> Spread:
    """Return the spread of a measure, or of one group's approval ratio (``attribute.group``)."""
    return spread_of([_value(result, measure) for result in results])


def change(results: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]], measure: str) -> Spread:
    """Return the spread of a measure's difference to another trial's on the same resplits."""
    pairs = [(_value(a, measure), _value(b, measure)) for a, b in zip(results, before, strict=True)]
    return spread_of([None if a is None or b is None else a - b for a, b in pairs])


def spread_of(values: Sequence[float | None]) -> Spread:
    """Return mean and standard deviation; None if a value is missing, or for the latter if there is only one."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return Spread(None, None)
    return Spread(float(np.mean(known)), float(np.std(known, ddof=1)) if len(known) > 1 else None)


def _value(result: dict[str, Any], measure: str) -> float | None:
    return result.get(measure, result.get("ratios", {}).get(measure))
