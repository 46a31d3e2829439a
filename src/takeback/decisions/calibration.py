"""From a model's margin to a calibrated probability of default (PD)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit, parse
from takeback.data.expressions import Array


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
