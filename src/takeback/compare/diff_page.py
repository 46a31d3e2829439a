"""A comparison as one page that works offline, with a picture of how far groups' approval rates moved."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from takeback.compare.diff_sections import sections
from takeback.compare.diff_words import plain, sure
from takeback.report.charts import SERIES, shortened
from takeback.report.page import environment
from takeback.report.svg import COLOURS, picture


def as_html(result: Mapping[str, Any]) -> str:
    """Build the page: a result of `compare` in, one HTML document out that refers to nothing outside itself."""
    first, *rest = sections(result)
    known = "unavailable" not in result["fairness"]
    chart = approval(result["fairness"]) if known else None
    template = environment(Path(__file__).parent).get_template("diff.html")
    return template.render(result=result, first=first, sections=rest, chart=chart)


LINE = 0.24  # inches


def approval(fairness: Mapping[str, Any]) -> str | None:
    """Draw each group's approval rate before (hollow) and after (filled, with the interval of the change around it)."""
    lines: list[tuple[str, Mapping[str, Any] | None]] = []
    for attribute, audit in fairness.items():
        known = [(plain(group), row["approval_rate"]) for group, row in audit["groups"].items()]
        shown = [(group, change) for group, change in known if change["change"] is not None]
        lines += [(plain(attribute), None), *shown] if shown else []
    if not lines:
        return None
    height = LINE * len(lines) + 0.5
    box = (0.4, 0.45 / height, 0.42, 1 - 0.5 / height)

    def draw(axes: Axes) -> None:
        for y, (words, change) in enumerate(lines):
            _line(axes, y, words, change)
        axes.set(ylim=(len(lines) - 0.5, -0.5), yticks=[], xlabel="approval rate")

    return picture("approval", f"Approval rate before and after of {len(lines)} groups.", height, draw, box)


def _line(axes: Axes, y: int, words: str, change: Mapping[str, Any] | None) -> None:
    side = blended_transform_factory(axes.get_figure().transFigure, axes.transData)  # type: ignore[union-attr]
    if change is None:
        axes.text(0, y, shortened(words, 40), transform=side, va="center", weight="bold")
        return
    colour = SERIES[1] if sure(change) else SERIES[0]
    axes.text(0.03, y, shortened(words, 20), transform=side, va="center")
    axes.text(0.84, y, f"{100 * change['change']:+.1f} pts", transform=side, va="center", color=COLOURS["soft"])
    if change["interval"]:
        axes.hlines(y, *(change["before"] + end for end in change["interval"]), color=colour, linewidth=1)
    axes.plot(change["before"], y, "o", color=COLOURS["soft"], markerfacecolor=COLOURS["ground"], markersize=5)
    axes.plot(change["after"], y, "o", color=colour, markersize=5.5)
