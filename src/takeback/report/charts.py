"""Pictures of one candidate or all: numbers in, an SVG element out, the same bytes for the same numbers."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from matplotlib.axes import Axes

from takeback.report.report_words import number, plain
from takeback.report.svg import COLOURS, picture

SERIES = [COLOURS[f"series-{i}"] for i in range(1, 5)]
DASHES: tuple[Any, ...] = ((0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))  # on paper colour may be gone
Rows = Sequence[Mapping[str, Any]]


def roc(curves: Mapping[str, Rows], aucs: Mapping[str, float | None], champion: str) -> str:
    """Draw the ROC curve of each candidate, the champion's thick and solid; the legend has the best first."""
    colours = {name: SERIES[i % len(SERIES)] for i, name in enumerate(curves)}
    dashes = {name: DASHES[i % len(DASHES)] for i, name in enumerate(n for n in curves if n != champion)}

    def draw(axes: Axes) -> None:
        _diagonal(axes, 1)
        for name in sorted(curves, key=lambda name: -(aucs[name] or 0)):
            x, y = columns(curves[name], "false_positive_rate", "true_positive_rate")
            width, order = (2.2, 3) if name == champion else (1.2, 2)
            style = {"color": colours[name], "linestyle": dashes.get(name, "-"), "linewidth": width, "zorder": order}
            axes.plot(x, y, label=f"{name}, AUC {number(aucs[name])}", **style)
        axes.set(xlim=(0, 1), ylim=(0, 1.005), xlabel="share of good payers flagged")
        axes.set_ylabel("share of defaulters flagged")
        axes.legend(loc="lower right")

    listed = ", ".join(f"{name} {number(auc)}" for name, auc in aucs.items())
    return picture("roc", f"ROC curves. AUC: {listed}.", 3.3, draw)


def calibration(bins: Rows) -> str:
    """Draw the bad rate of each bin against its mean PD, with the range that chance explains in 95 of 100 cases."""
    x, y = columns(bins, "mean_pd", "bad_rate")
    ranges = [_interval(row["bad_rate"], row["count"]) for row in bins]
    top = 1.05 * max([*x, *(high for _, high in ranges)])

    def draw(axes: Axes) -> None:
        _diagonal(axes, top)
        axes.vlines(x, *zip(*ranges, strict=True), color=SERIES[0], linewidth=1)
        axes.plot(x, y, "o", color=SERIES[0], markersize=5)
        axes.set(xlim=(0, top), ylim=(0, top), xlabel="mean PD of the bin", ylabel="share that defaulted")

    return picture("calibration", f"Calibration: bad rate against mean PD in {len(bins)} bins.", 3.3, draw)


def bars(name: str, what: str, rows: Rows, top: int = 12) -> str:
    """Draw the largest values as bars, each below its name, so that long names fit a phone.

    Parameters
    ----------
    name, what
        Of the picture: for its ids, and for those who do not see it.
    rows
        ``name``, ``value`` and, if the value is to be written in another way, ``words``; largest first.
    top
        How many to draw.
    """
    shown = rows[:top]
    largest = max((row["value"] for row in shown), default=0) or 1.0

    def draw(axes: Axes) -> None:
        axes.axis("off")
        for y, row in enumerate(shown):
            words = row.get("words", f"{row['value']:.3g}")
            axes.barh(y + 0.36, row["value"] / largest, 0.2, color=SERIES[0])
            axes.text(0, y, shortened(row["name"], 48), va="center")
            axes.text(1, y, words, va="center", ha="right", color=COLOURS["soft"])
        axes.set(xlim=(0, 1), ylim=(max(len(shown), 1) - 0.4, -0.4))

    listed = ", ".join(row["name"] for row in shown)
    return picture(name, f"{what}, largest first: {listed}.", 0.38 * len(shown) + 0.1, draw, (0, 0, 1, 1))


def shortened(text: str, length: int) -> str:
    """Cut a text that is too long for its place; the tables below the pictures have it whole."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def columns(rows: Rows, *names: str) -> list[list[float]]:
    """Return the values of each name, one list per name."""
    return [[row[name] for row in rows] for name in names]


def _diagonal(axes: Axes, top: float) -> None:
    axes.plot([0, top], [0, top], color=COLOURS["soft"], linewidth=0.8)


def _interval(rate: float, count: float, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's (1927) interval of a share; unlike the normal one it stays within 0 and 1."""
    middle, width = rate + z * z / (2 * count), z * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    return (middle - width) / (1 + z * z / count), (middle + width) / (1 + z * z / count)


GAP = "validation_pd_difference_"


def learning(curve: Rows, rounds: int | None) -> str:
    """Draw log loss by round, in training and in validation, and the round that was kept."""

    def draw(axes: Axes) -> None:
        x, train, validation = columns(curve, "round", "train_logloss", "validation_logloss")
        axes.plot(x, validation, color=SERIES[0], label="validation")
        axes.plot(x, train, color=SERIES[1], linestyle=DASHES[0], label="training")
        _kept(axes, rounds)
        axes.set(xlabel="round", ylabel="log loss", xlim=(0, max(x)))
        axes.legend(loc="upper right")

    return picture("learning", "Learning curve: log loss by round.", 2.5, draw)


def gaps(curve: Rows, rounds: int | None) -> str | None:
    """Draw how far the groups' mean PDs lie apart by round, a line per attribute; None where nobody measured it."""
    names = [key for key in curve[0] if key.startswith(GAP)]
    if not names:
        return None

    def draw(axes: Axes) -> None:
        (x,) = columns(curve, "round")
        for i, name in enumerate(names):
            style = {"color": SERIES[i % len(SERIES)], "linestyle": ("-", *DASHES)[i % 4]}
            axes.plot(x, columns(curve, name)[0], label=plain(name.removeprefix(GAP)), **style)
        _kept(axes, rounds)
        axes.set(xlabel="round", ylabel="largest gap of PDs", xlim=(0, max(x)), ylim=(0, None))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, borderaxespad=0)

    listed = ", ".join(plain(name.removeprefix(GAP)) for name in names)
    return picture("gaps", f"Gap of PDs between groups by round: {listed}.", 3, draw, (0.15, 0.15, 0.83, 0.62))


def _kept(axes: Axes, rounds: int | None) -> None:
    if rounds:
        axes.axvline(rounds, color=COLOURS["soft"], linewidth=0.8, linestyle=DASHES[1], label=f"kept: {rounds}")
