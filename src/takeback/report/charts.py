"""The report's pictures: numbers in, an SVG element out, the same bytes for the same numbers."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from takeback.report.svg import COLOURS, picture

SERIES = [COLOURS[f"series-{i}"] for i in range(1, 5)]
DASHES: tuple[Any, ...] = ((0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))  # on paper colour may be gone
Rows = Sequence[Mapping[str, Any]]


def roc(curves: Mapping[str, Rows], aucs: Mapping[str, float], champion: str) -> str:
    """Draw the ROC curve of each candidate, the champion's thick and solid; the legend has the best first."""
    colours = {name: SERIES[i % len(SERIES)] for i, name in enumerate(curves)}
    dashes = {name: DASHES[i % len(DASHES)] for i, name in enumerate(n for n in curves if n != champion)}

    def draw(axes: Axes) -> None:
        _diagonal(axes, 1)
        for name in sorted(curves, key=lambda name: -aucs[name]):
            x, y = _columns(curves[name], "false_positive_rate", "true_positive_rate")
            width, order = (2.2, 3) if name == champion else (1.2, 2)
            style = {"color": colours[name], "linestyle": dashes.get(name, "-"), "linewidth": width, "zorder": order}
            axes.plot(x, y, label=f"{name}, AUC {aucs[name]:.3f}", **style)
        axes.set(xlim=(0, 1), ylim=(0, 1.005), xlabel="share of good payers flagged")
        axes.set_ylabel("share of defaulters flagged")
        axes.legend(loc="lower right")

    listed = ", ".join(f"{name} {auc:.3f}" for name, auc in aucs.items())
    return picture("roc", f"ROC curves. AUC: {listed}.", 3.3, draw)


def calibration(bins: Rows) -> str:
    """Draw the bad rate of each bin against its mean PD, with the range that chance explains in 95 of 100 cases."""
    x, y = _columns(bins, "mean_pd", "bad_rate")
    ranges = [_interval(row["bad_rate"], row["count"]) for row in bins]
    top = 1.05 * max([*x, *(high for _, high in ranges)])

    def draw(axes: Axes) -> None:
        _diagonal(axes, top)
        axes.vlines(x, *zip(*ranges, strict=True), color=SERIES[0], linewidth=1)
        axes.plot(x, y, "o", color=SERIES[0], markersize=5)
        axes.set(xlim=(0, top), ylim=(0, top), xlabel="mean PD of the bin", ylabel="share that defaulted")

    return picture("calibration", f"Calibration: bad rate against mean PD in {len(bins)} bins.", 3.3, draw)


def learning(curve: Rows, rounds: int | None) -> str:
    """Draw log loss by round, in training and in validation, and the round that was kept."""

    def draw(axes: Axes) -> None:
        x, train, validation = _columns(curve, "round", "train_logloss", "validation_logloss")
        axes.plot(x, validation, color=SERIES[0], label="validation")
        axes.plot(x, train, color=SERIES[1], linestyle=DASHES[0], label="training")
        if rounds:
            axes.axvline(rounds, color=COLOURS["soft"], linewidth=0.8, linestyle=DASHES[1], label=f"kept: {rounds}")
        axes.set(xlabel="round", ylabel="log loss", xlim=(0, max(x)))
        axes.legend(loc="upper right")

    return picture("learning", "Learning curve: log loss by round.", 2.5, draw)


def importance(rows: Rows, top: int = 12) -> str:
    """Draw the largest values as bars, each below its name, so that long names fit a phone."""
    shown = rows[:top]
    largest = max((row["value"] for row in shown), default=0) or 1.0

    def draw(axes: Axes) -> None:
        axes.axis("off")
        for y, row in enumerate(shown):
            axes.barh(y + 0.36, row["value"] / largest, 0.2, color=SERIES[0])
            axes.text(0, y, shortened(row["name"], 48), va="center")
            axes.text(1, y, f"{row['value']:.3g}", va="center", ha="right", color=COLOURS["soft"])
        axes.set(xlim=(0, 1), ylim=(max(len(shown), 1) - 0.4, -0.4))

    listed = ", ".join(row["name"] for row in shown)
    return picture("importance", f"Importance, largest first: {listed}.", 0.38 * len(shown) + 0.1, draw, (0, 0, 1, 1))


def ratios(groups: Rows, limit: float) -> str:
    """Draw each group's approval ratio as a dot, under the name of its attribute.

    Parameters
    ----------
    groups
        ``attribute``, ``group``, ``ratio`` (None where there is none), ``reference``, ``small`` and ``below`` of each.
    limit
        Where the line of the gate stands.
    """
    names = dict.fromkeys(row["attribute"] for row in groups)
    lines = [line for name in names for line in (name, *(row for row in groups if row["attribute"] == name))]
    height = 0.24 * len(lines) + 0.5
    box = (0.4, 0.45 / height, 0.4, 1 - 0.5 / height)
    top = max([1.25, *(1.1 * (row["ratio"] or 0) for row in groups)])

    def draw(axes: Axes) -> None:
        axes.axvline(1, color=COLOURS["soft"], linewidth=0.8)
        axes.axvline(limit, color=COLOURS["bad"], linewidth=1, linestyle=DASHES[0])
        for y, line in enumerate(lines):
            _ratio_line(axes, y, line)
        axes.set(xlim=(0, top), ylim=(len(lines) - 0.5, -0.5), yticks=[], xlabel="ratio to the reference")

    return picture("ratios", f"Approval ratio of {len(groups)} groups, limit {limit:g}.", height, draw, box)


def shortened(text: str, length: int) -> str:
    """Cut a text that is too long for its place; the tables below the pictures have it whole."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _ratio_line(axes: Axes, y: int, line: str | Mapping[str, Any]) -> None:
    """Write an attribute, or draw a group: hollow if too small for a verdict, a red diamond if below the limit."""
    side = blended_transform_factory(axes.get_figure().transFigure, axes.transData)  # type: ignore[union-attr]
    if isinstance(line, str):
        axes.text(0, y, shortened(line, 40), transform=side, va="center", weight="bold")
        return
    ratio, colour = line["ratio"], COLOURS["bad"] if line["below"] else SERIES[0]
    words = "–" if ratio is None else "reference" if line["reference"] else f"{ratio:.2f}"
    axes.text(0.03, y, shortened(line["group"], 20), transform=side, va="center")
    axes.text(0.82, y, words, transform=side, va="center", color=COLOURS["soft"])
    if ratio is not None:
        fill = COLOURS["ground"] if line["small"] else colour
        axes.plot(ratio, y, "D" if line["below"] else "o", color=colour, markerfacecolor=fill, markersize=5.5)


def _columns(rows: Rows, *names: str) -> list[list[float]]:
    return [[row[name] for row in rows] for name in names]


def _diagonal(axes: Axes, top: float) -> None:
    axes.plot([0, top], [0, top], color=COLOURS["soft"], linewidth=0.8)


def _interval(rate: float, count: float, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's (1927) interval of a share; unlike the normal one it stays within 0 and 1."""
    middle, width = rate + z * z / (2 * count), z * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    return (middle - width) / (1 + z * z / count), (middle + width) / (1 + z * z / count)
