"""A waterfall chart of an attribution, as an SVG file that stands alone."""

from matplotlib.axes import Axes

from takeback.extras.blame.attribution import Attribution, StepEffect
from takeback.extras.blame.blame_words import effect_of, sentence, shown_digits
from takeback.report.charts import shortened
from takeback.report.svg import COLOURS, picture

THEME = {
    "ground": "#fdfdfb",
    "ink": "#1b1f23",
    "soft": "#59626b",
    "line": "#cfd4d6",
    "good": "#17713f",
    "bad": "#b3261e",
    "series-1": "#12619f",
    "series-2": "#b84e10",
    "series-3": "#2c7d52",
    "series-4": "#7952b3",
}
COLOUR = {"better": "good", "worse": "bad", "": "series-1"}
ROW = 0.36  # inches
LEFT, RIGHT = 0.26, 0.7  # of the picture: names before, numbers after the bars


def waterfall(result: Attribution) -> str:
    """Draw the metric before, the parts one after the other, and the metric after.

    A named part is solid and one within noise is hollow; a thin line is the part's interval. What is better is said in
    words and is green, what is worse is red, whichever way the metric moves; of a metric that is neither, blue.
    """
    height = ROW * (len(result.parts) + 2) + 0.6
    box = (LEFT, 0.45 / height, RIGHT - LEFT, 1 - 0.6 / height)
    svg = picture("waterfall", sentence(result), height, lambda axes: _draw(axes, result), box)
    style = "".join(f"--{name}: {colour};" for name, colour in THEME.items())
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" style="{style} background: var(--ground)" font-family="sans-serif" '
    )
    return svg.replace("<svg ", opening, 1)


def _draw(axes: Axes, result: Attribution) -> None:
    digits, level = shown_digits(result), float(result.before)
    first, last = result.revisions
    _end(axes, 0, first, level, digits)
    for y, part in enumerate(result.parts, start=1):
        _bar(axes, y, part, level, digits, effect_of(result.metric, part))
        level += float(part.value)
    _end(axes, len(result.parts) + 1, last, level, digits)
    axes.use_sticky_edges = False  # a bar at the edge would hide what stands there
    axes.margins(x=0.1)
    axes.set(ylim=(len(result.parts) + 1.6, -0.6), yticks=[], xlabel=result.metric)
    axes.locator_params(axis="x", nbins=4)


def _bar(axes: Axes, y: int, part: StepEffect, start: float, digits: int, effect: str) -> None:
    end, colour = start + float(part.value), COLOURS[COLOUR[effect] if part.named else "soft"]
    fill = colour if part.named else COLOURS["ground"]
    axes.barh(y, float(part.value), 0.5, start, color=fill, edgecolor=colour, linewidth=1)
    axes.plot([start, start], [y - 1, y], color=COLOURS["soft"], linewidth=0.6)
    axes.plot([end, end], [y, y + 1], color=COLOURS["soft"], linewidth=0.6)
    if part.half is not None:
        axes.plot([end - part.half, end + part.half], [y, y], color=COLOURS["ink"], linewidth=0.8)
    told = effect if part.named else "" if part.half is None else "noise"
    words = f"{float(part.value):+.{digits}f} {told}".rstrip()
    _beside(axes, y, part.step, words)


def _end(axes: Axes, y: int, name: str, value: float, digits: int) -> None:
    axes.plot([value], [y], "D", color=COLOURS["series-1"], markersize=5)
    _beside(axes, y, name, f"{value:.{digits}f}")


def _beside(axes: Axes, y: int, name: str, number: str) -> None:
    """Write a name before and a number after the bars."""
    side = axes.get_yaxis_transform()
    axes.text(-LEFT / (RIGHT - LEFT), y, shortened(name, 16), transform=side, va="center")
    axes.text(1.02, y, number, transform=side, va="center", color=COLOURS["soft"])
