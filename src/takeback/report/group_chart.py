"""Pictures of a measure by protected group, with the gate's verdict, and of profit over both thresholds."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from takeback.report.charts import DASHES, SERIES, Rows, shortened
from takeback.report.report_words import number
from takeback.report.svg import COLOURS, picture

LINE = 0.24  # inches


class Scale(NamedTuple):
    """The axis: where groups are equal, the gate's limits, the least it spans, how far at most, words and digits."""

    equal: float
    limits: tuple[float, ...]
    least: tuple[float, float]
    most: tuple[float, float]
    label: str
    digits: int


RATIO = Scale(1, (), (0.5, 1.25), (0, 2), "ratio to the reference", 2)
ODDS = Scale(1, (), (0.75, 1.33), (0, 3), "odds of default over what the PDs say", 2)
# Shape, colour and filling: each of the three alone tells the verdicts apart.
MARKS: dict[str | None, tuple[str, str, bool]] = {
    "pass": ("o", SERIES[0], True),
    "fail": ("D", COLOURS["bad"], True),
    "insufficient evidence": ("s", COLOURS["warn"], False),
    "reference": ("|", COLOURS["soft"], True),
    None: (".", COLOURS["soft"], True),
}


def by_group(name: str, description: str, groups: Rows, scale: Scale) -> str:
    """Draw each group under the name of its attribute.

    Parameters
    ----------
    name, description
        Of the picture: for its ids, and for those who do not see it.
    groups
        ``attribute``, ``group``, ``value`` (None where there is none), ``interval`` ([low, high] or None) and
        ``verdict``: a key of `MARKS`.
    scale
        The axis.
    """
    names = dict.fromkeys(row["attribute"] for row in groups)
    lines = [line for name in names for line in (name, *(row for row in groups if row["attribute"] == name))]
    height = LINE * len(lines) + 0.5
    box = (0.4, 0.45 / height, 0.4, 1 - 0.5 / height)

    def draw(axes: Axes) -> None:
        axes.axvline(scale.equal, color=COLOURS["soft"], linewidth=0.8)
        for limit in scale.limits:
            axes.axvline(limit, color=COLOURS["bad"], linewidth=1, linestyle=DASHES[0])
        for y, line in enumerate(lines):
            _line(axes, y, line, scale.digits)
        axes.set(xlim=_span(groups, scale), ylim=(len(lines) - 0.5, -0.5), yticks=[], xlabel=scale.label)

    return picture(name, description, height, draw, box)


def _span(groups: Rows, scale: Scale) -> tuple[float, float]:
    """Return the ends of the axis: all marks, and intervals as far as the widest span goes."""
    marks = [row["value"] for row in groups if row["value"] is not None]
    ends = [end for row in groups for end in row["interval"] or ()]
    low = min([scale.least[0], *marks, *(max(end, scale.most[0]) for end in ends)])
    high = max([scale.least[1], *marks, *(min(end, scale.most[1]) for end in ends)])
    margin = 0.04 * (high - low)
    return low - margin, high + margin


def _line(axes: Axes, y: int, line: str | Mapping[str, Any], digits: int) -> None:
    side = blended_transform_factory(axes.get_figure().transFigure, axes.transData)  # type: ignore[union-attr]
    if isinstance(line, str):
        axes.text(0, y, shortened(line, 40), transform=side, va="center", weight="bold")
        return
    value, (shape, colour, filled) = line["value"], MARKS[line["verdict"]]
    words = "reference" if line["verdict"] == "reference" else number(value, digits)
    axes.text(0.03, y, shortened(line["group"], 20), transform=side, va="center")
    axes.text(0.82, y, words, transform=side, va="center", color=COLOURS["soft"])
    if line["interval"]:
        axes.hlines(y, *line["interval"], color=colour, linewidth=1.2)
    if value is not None:
        fill = colour if filled else COLOURS["ground"]
        axes.plot(value, y, shape, color=colour, markerfacecolor=fill, markersize=5.5)


BANDS = 6
SEEN = 0.5  # of both axes; few PDs are higher, and no policy puts a threshold there


def surface(rows: pd.DataFrame, chosen: Mapping[str, float], most_referred: float) -> str | None:
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
    profit, referred = _grid(rows[(rows[[*ends]] <= pd.Series(ends)).all(axis=1)])
    if min(profit.shape) < 2:
        return None
    x, y = profit.columns, profit.index
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


def _grid(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return profit and referral rate, approval thresholds along x, NaN where the grid has no point."""
    grid = rows.pivot(index="decline_from", columns="approve_below")
    return grid["profit_per_application"], grid["referral_rate"]
