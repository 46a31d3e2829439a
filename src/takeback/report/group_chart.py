"""The picture of a measure by protected group: a mark with its interval, the gate's verdict by shape and colour."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from takeback.report.charts import DASHES, SERIES, Rows, shortened
from takeback.report.svg import COLOURS, picture
from takeback.report.words import number

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
GAP = Scale(0, (), (-0.05, 0.05), (-0.3, 0.3), "mean PD minus bad rate", 3)
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
