"""Which rows of two tables are the same applicant."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from takeback.data.expressions import Array


class Pairs(NamedTuple):
    """Positions of rows: of those in both tables, one of each in the same place; and of those in one table only."""

    before: Array
    after: Array
    removed: Array
    added: Array


def pair(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Pairs:
    """Find each applicant of one table in another by the id."""
    found = pc.fill_null(pc.index_in(after, value_set=before), -1).to_numpy()
    both = np.flatnonzero(found >= 0)
    removed = np.setdiff1d(np.arange(len(before)), found[both])
    return Pairs(found[both], both, removed, np.flatnonzero(found < 0))
