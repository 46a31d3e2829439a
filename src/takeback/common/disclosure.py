"""Which figures about people may be shown: none about fewer than ``least`` of them, and none that gives one away.

``least`` 1 shows everything. What is hidden must not follow, by subtraction, from what is shown and from totals; so
more is hidden than what is small (Willenborg and de Waal 2001 call it secondary suppression).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def few(counts: Any, least: int) -> Array:
    """Say which counts are of some people, but fewer than ``least``. Nobody at all is no cell."""
    counts = np.asarray(counts)
    return (counts > 0) & (counts < least)


def one_sided(first: Any, second: Any, least: int) -> Array:
    """Say where one of two outcomes is that of fewer than ``least``: nobody too, for then all have the other one."""
    return (np.minimum(first, second) < least) & (least > 1)


def between(part: float, whole: float, least: int) -> tuple[float, float] | None:
    """Return between which numbers a part of a whole is, if it or the rest is too few to be shown; None if not."""
    if few(part, least):
        return 1, min(least - 1, whole)
    return (max(whole - least + 1, 0), whole - 1) if few(whole - part, least) else None


def hidden_groups(cells: Any, least: int, hidden: Array | None = None, outcome: bool = False) -> Array:
    """Say which of some groups to hide, whose counts add up to known totals.

    Those with a cell that is too small; and the next smallest, until all that are hidden have together none.

    Parameters
    ----------
    cells
        The people of each group, shape (groups,), or the parts they fall into, shape (groups, parts).
    least
        How many people a cell has to have.
    hidden
        Groups that are hidden already.
    outcome
        Whether the parts are outcomes: then a part without anybody is too small, see `one_sided`.
    """
    cells = _parts(cells, 1)
    hidden = _small(cells, least, outcome) if hidden is None else hidden | _small(cells, least, outcome)
    for place in np.argsort(cells.sum(axis=1), kind="stable"):
        if not hidden.any() or not _small(cells[hidden].sum(axis=0), least, outcome):
            break
        hidden[place] |= cells[place].any()
    return hidden


def hidden_pairs(
    cells: Any, least: int, rows: Array, columns: Array, hidden: Array | None = None, outcome: bool = False
) -> Array:
    """Say which cells of a table to hide whose sums by row and by column are known.

    Each hidden cell is a corner of a rectangle of hidden ones (Repsilber 1994, the hypercube method), between which
    people could be moved without a change of what is shown; the two corners on a side have together no part that is too
    small. The rectangle is one that costs fewest people. Where there is none, nothing is shown.

    Parameters
    ----------
    cells
        The people of each pair, shape (rows, columns), or the parts they fall into, shape (rows, columns, parts): one
        part, or twos of which the sum is known.
    least, hidden, outcome
        As `hidden_groups` takes them.
    rows, columns
        Those whose sums are hidden, and so all their cells.
    """
    cells = _parts(cells, 2)
    there = np.any(cells > 0, axis=2)
    given = rows[:, None] | columns | (False if hidden is None else hidden)
    result = (_small(cells, least, outcome) | given) & there
    for row, column in np.argwhere(result).tolist():
        corners = _rectangle(cells, result, (row, column), (rows, columns), least, outcome)
        if corners is None:
            return there | given
        result[corners] = True
    return result | given


def joined(good: Array, bad: Array, least: int) -> Array:
    """Join neighbours, such as bins by PD, until each has ``least`` good and as many bad; return the bin of each.

    Those that are left at the end join the last bin. All are in one bin, 0, if there are not enough for one.
    """
    result, sums, place = np.zeros(len(good), dtype=int), np.zeros(2), 0
    for i, both in enumerate(zip(good, bad, strict=True)):
        result[i] = place
        sums += both
        if sums.any() and not one_sided(sums[0], sums[1], least):
            sums, place = np.zeros(2), place + 1
    return np.minimum(result, max(place - 1, 0))


def masked(counts: Mapping[str, int], least: int) -> dict[str, int | None]:
    """Return counts that add up to a known total; None where `hidden_groups` says so."""
    hidden = hidden_groups([*counts.values()], least)
    return {name: None if h else int(n) for (name, n), h in zip(counts.items(), hidden, strict=True)}


def _parts(cells: Any, axes: int) -> Array:
    cells = np.asarray(cells)
    return cells if cells.ndim > axes else cells[..., None]


def _small(cells: Array, least: int, outcome: bool) -> Array:
    """Say which have a part that is too small, the parts along the last axis."""
    return (few(cells, least) | (outcome & (cells == 0) & (least > 1))).any(axis=-1)


def _rectangle(
    cells: Array, hidden: Array, place: tuple[int, int], lines: tuple[Array, Array], least: int, outcome: bool
) -> tuple[Array, ...] | None:
    """Return the other three corners of the cheapest rectangle around a cell, as rows and columns."""
    (row, column), (rows, columns) = place, lines
    here, across, down = cells[row, column], cells[row][None], cells[:, column][:, None]
    used = np.flatnonzero(cells.any(axis=(0, 1)))
    there = np.any(cells > 0, axis=2)
    fits = there & there[row] & there[:, [column]]
    for part in used[(used % 2 == 0) & np.isin(used + 1, used)]:  # a part with nobody in it tells nothing
        fits &= _movable(*(corner[..., part : part + 2] for corner in (here, across, down, cells)))
    for side, known in ((here + across, ~rows[row]), (down + cells, ~rows[:, None])):
        fits &= ~(_small(side, least, outcome) & known)
    for side, known in ((here + down, ~columns[column]), (across + cells, ~columns)):
        fits &= ~(_small(side, least, outcome) & known)
    fits[row], fits[:, column] = False, False
    if not fits.any():
        return None
    new = np.where(hidden, 0, cells.sum(axis=2))
    cost = np.where(fits, new + new[row][None] + new[:, column][:, None], np.inf)
    other_row, other_column = np.unravel_index(cost.argmin(), cost.shape)
    return np.array([row, other_row, other_row]), np.array([other_column, column, other_column])


def _movable(here: Array, across: Array, down: Array, opposite: Array) -> Array:
    """Say where two corners could have more of one part and less of the rest, and their neighbours the other way."""
    (a, b), (c, d), (e, f), (g, h) = (np.moveaxis(corner > 0, -1, 0) for corner in (here, opposite, across, down))
    return (a & c & f & h) | (b & d & e & g)
