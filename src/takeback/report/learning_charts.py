"""Pictures of training: the error round by round, and how far the groups' PDs are apart beside it."""

from matplotlib.axes import Axes

from takeback.report.charts import DASHES, SERIES, Rows, columns
from takeback.report.svg import COLOURS, picture
from takeback.report.words import plain

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
