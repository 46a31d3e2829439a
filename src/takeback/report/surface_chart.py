"""The picture of profit over both thresholds."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from takeback.report.charts import DASHES, SERIES, Rows, columns
from takeback.report.svg import COLOURS, picture

BANDS = 6
SEEN = 0.5  # of both axes; few PDs are higher, and no policy puts a threshold there


def surface(rows: Rows, chosen: Mapping[str, float], most_referred: float) -> str | None:
    """Draw profit as bands, the darker the more, with the point that was chosen and where analysts have no time left.

    Parameters
    ----------
    rows
        ``approve_below``, ``decline_from``, ``profit_per_application`` and ``referral_rate`` of each pair of
        thresholds on a grid.
    chosen
        ``approve_below`` and ``decline_from`` of the policy.
    most_referred
        The share of applications that analysts can review.

    Returns
    -------
    str or None
        None where there is nothing to choose: fewer than two values of a threshold near the chosen one, or one profit
        everywhere.
    """
    ends = {name: max(SEEN, 1.5 * chosen[name]) for name in ("approve_below", "decline_from")}
    x, y, profit, referred = _grid([row for row in rows if all(row[name] <= end for name, end in ends.items())])
    if min(profit.shape) < 2:
        return None
    levels = np.unique(np.nanquantile(profit, np.linspace(0.25, 1, BANDS + 1)))
    if len(levels) < 2:
        return None

    def draw(axes: Axes) -> None:
        for band, (low, high) in enumerate(pairwise(levels), 1):
            top = high if band < len(levels) - 1 else np.inf
            axes.contourf(x, y, profit, [low, top], colors=[SERIES[0]], alpha=0.8 * band / BANDS)
        if np.nanmin(referred) < most_referred < np.nanmax(referred):
            axes.contour(x, y, referred, [most_referred], colors=[COLOURS["bad"]], linestyles=[DASHES[0]])
        point = chosen["approve_below"], chosen["decline_from"]
        axes.plot(*point, "*", color=COLOURS["ink"], markeredgecolor=COLOURS["ground"], markersize=13, clip_on=False)
        axes.set(xlabel="approve below this PD", ylabel="decline from this PD")

    words = f"Profit over both thresholds; chosen: {chosen['approve_below']:.3f} and {chosen['decline_from']:.3f}."
    return picture("surface", words, 3.3, draw)


def _grid(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return both axes, and profit and referral rate with NaN where the grid has no point."""
    a, d, *values = columns(rows, "approve_below", "decline_from", "profit_per_application", "referral_rate")
    (x, column), (y, row) = np.unique(a, return_inverse=True), np.unique(d, return_inverse=True)
    grids = np.full((2, len(y), len(x)), np.nan)
    grids[:, row, column] = values
    return x, y, grids[0], grids[1]
