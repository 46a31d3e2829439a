"""A picture by matplotlib as an SVG element that takes colours and type from the page around it."""

import io
import re
from collections.abc import Callable
from html import escape
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 4.3  # inches, 310 units of the picture: close to a phone's width in CSS pixels, so text keeps its size there
# matplotlib knows no CSS. Each colour below stands for the custom property of its name, which the page sets by theme.
COLOURS = {
    name: f"#00f{i:03x}"
    for i, name in enumerate(
        ("ink", "soft", "line", "ground", "bad", "warn", *(f"series-{i}" for i in range(1, 5)), "good")
    )
}
Box = tuple[float, float, float, float]
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: the page's own font, found by search and read by screen readers
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so that places do not depend on the machine's fonts
    "font.size": 9.5,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["soft"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.5,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["soft"],
    "ytick.labelcolor": COLOURS["soft"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.edgecolor": "none",
    "legend.facecolor": COLOURS["ground"],
    "legend.framealpha": 1,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.3,
    "lines.solid_capstyle": "round",
}


def picture(name: str, description: str, height: float, draw: Callable[[Axes], None], box: Box | None = None) -> str:
    """Draw on axes of the page's style.

    Parameters
    ----------
    name
        Unlike that of any other picture on the page: ids within the SVG are made from it.
    description
        What the picture shows, for those who do not see it.
    height
        In inches; the width is `WIDTH`.
    draw
        Draws on the axes that it is given.
    box
        Left, bottom, width and height of the axes as shares of the picture; leaves room for labels if not given.

    Returns
    -------
    str
        An ``svg`` element to put into HTML.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a matplotlibrc of this machine changes nothing
        matplotlib.rcParams.update(STYLE | {"svg.hashsalt": name})  # ids differ between the pictures of one page
        figure = Figure(figsize=(WIDTH, height))
        draw(figure.add_axes(box or (0.15, 0.45 / height, 0.83, 1 - 0.52 / height)))
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata=NO_METADATA, transparent=True)
    return _inline(text.getvalue(), description)


def _inline(svg: str, description: str) -> str:
    """Take from matplotlib's file what a page needs: no header, no size, no style that would leak, theme colours."""
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box, "matplotlib writes a viewBox"
    body = re.sub(r"<style.*?</style>", "", svg[svg.index(">", svg.index("<svg")) + 1 :], flags=re.DOTALL)
    body = re.sub(r'(<\w+) id="[\w.]+_\d+"', r"\1", body).replace("xlink:href", "href")  # axes_1 is in every picture
    body = re.sub(r" font-family: [^;\"]*;| transform=\"rotate\(-0 [^\"]*\"", "", body)
    for name, colour in COLOURS.items():
        body = body.replace(f": {colour}", f": var(--{name})")
    return f'<svg class="chart" role="img" aria-label="{escape(description)}" {box.group()}>{body.strip()}\n'
