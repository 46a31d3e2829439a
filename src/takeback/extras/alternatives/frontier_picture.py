"""The frontier as an SVG file that stands alone, on light and on dark pages."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from takeback.extras.alternatives.frontier import frontier
from takeback.extras.alternatives.trials import PROFIT, RATIO, Trial, change, spread
from takeback.report.svg import COLOURS, picture

HEIGHT = 3.9  # inches
LIGHT = {"ground": "#fdfdfb", "ink": "#1b1f23", "soft": "#59626b", "line": "#cfd4d6", "bad": "#b3261e"}
DARK = {"ground": "#16191c", "ink": "#e8eaec", "soft": "#a3abb3", "line": "#3a4147", "bad": "#ff8a80"}
LIGHT |= {"series-1": "#12619f", "series-2": "#b84e10", "series-3": "#2c7d52"}
DARK |= {"series-1": "#7db8ea", "series-2": "#f0a06a", "series-3": "#7fcaa0"}


def frontier_picture(trials: Sequence[Trial], finals: Sequence[Trial], chosen: Trial | None, limit: float) -> str:
    """Draw profit against the smallest approval ratio, both beside the baseline's on the same resplits.

    Small dots are trials of the search, larger ones were tried again, with the spread of their ratio as a bar.
    """
    words = f"chosen: trial {chosen.number}" if chosen else "none chosen"
    description = f"Profit against the smallest approval ratio of {len(trials)} alternatives, limit {limit:g}; {words}."

    def draw(axes: Axes) -> None:
        axes.axvline(limit, color=COLOURS["bad"], linewidth=1, linestyle=(0, (5, 1.5)), zorder=1)
        _dots(axes, trials)
        _finals(axes, finals)
        _marked(axes, finals[0], finals[0], "s", "series-2", "baseline")
        if chosen:
            _marked(axes, chosen, finals[0], "D", "series-3", f"chosen: {chosen.number}")
        axes.set(
            xlabel=f"smallest approval ratio (limit {limit:g})", ylabel="profit per application, less the baseline's"
        )
        axes.legend(loc="lower left", fontsize=8.5)

    svg = picture("frontier", description, HEIGHT, draw, (0.19, 0.45 / HEIGHT, 0.78, 1 - 0.55 / HEIGHT))
    return _alone(svg)


def point(trial: Trial, baseline: Trial) -> tuple[float, float] | None:
    """Return mean smallest ratio and mean profit less the baseline's on the same resplits; None if undefined."""
    ratio, profit = spread(trial.results, RATIO).mean, change(trial.results, baseline.results, PROFIT).mean
    return None if ratio is None or profit is None else (ratio, profit)


def _dots(axes: Axes, trials: Sequence[Trial]) -> None:
    known = [place for place in (point(trial, trials[0]) for trial in trials) if place]
    x, y = zip(*known, strict=True) if known else ((), ())
    axes.plot(x, y, ".", color=COLOURS["soft"], markersize=3.5, alpha=0.6, label="tried")


def _finals(axes: Axes, finals: Sequence[Trial]) -> None:
    known = [(trial, place) for trial in finals if (place := point(trial, finals[0]))]
    for trial, (ratio, profit) in known:
        sd = spread(trial.results, RATIO).sd or 0.0
        axes.plot([ratio - sd, ratio + sd], [profit, profit], color=COLOURS["series-1"], linewidth=0.7, alpha=0.7)
    if not known:
        return
    axes.plot(
        *zip(*(p for _, p in known), strict=True), "o", color=COLOURS["series-1"], markersize=4.5, label="tried again"
    )
    best = [known[i][1] for i in frontier([(profit, ratio) for _, (ratio, profit) in known])]
    axes.plot(*zip(*best, strict=True), color=COLOURS["series-1"], linewidth=1, label="frontier")


def _marked(axes: Axes, trial: Trial, baseline: Trial, marker: str, colour: str, label: str) -> None:
    if place := point(trial, baseline):
        axes.plot(*place, marker, color=COLOURS[colour], markersize=8, label=label, zorder=4, linestyle="none")


def _alone(svg: str) -> str:
    """Give an element of a page what it needs to be a file: names and colours of both themes."""
    rules = [f"--{name}: {colour};" for name, colour in LIGHT.items()], [f"--{n}: {c};" for n, c in DARK.items()]
    light, dark = (" ".join(rule) for rule in rules)
    style = (
        f"<style>svg {{ {light} background: var(--ground); }}\n"
        f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}</style>\n"
    )
    opening = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
    head, end, rest = svg.replace("<svg ", opening, 1).partition(">")
    return f"{head}{end}\n{style}{rest}"
