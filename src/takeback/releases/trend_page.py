"""The trend as one page that works offline, in the report's style."""

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from takeback.releases.trend_formats import NONE, forced, planted, table, title
from takeback.releases.trend_reading import MEASURES
from takeback.report.charts import SERIES, shortened
from takeback.report.page import environment
from takeback.report.svg import COLOURS, picture

Rows = Sequence[dict[str, Any]]
MOST_NAMES = 6
TITLES = {
    "auc": "AUC",
    "brier": "Brier score, lower is better",
    "profit": "Profit per unit of exposure",
    "approved": "Approved without review",
    "referred": "Referred to an analyst",
    "smallest_approval_ratio": "Lowest approval ratio of a group",
}


def as_html(rows: Rows) -> str:
    """Build the page: releases as `read_trend` gives them in, one HTML document out that needs nothing else."""
    charts = {TITLES[name]: drawn for name in MEASURES if (drawn := chart(name, rows))}
    template = environment(Path(__file__).parent).get_template("trend.html")
    words = {"title": title(rows), "planted": planted(rows), "forced": forced(rows), "no_release": NONE}
    return template.render(rows=rows, table=table(rows), charts=charts, **words)


def chart(name: str, rows: Rows) -> str | None:
    """Draw a measure by release with its interval where there is one, hollow where the gate did not pass."""
    measures = [row["measures"][name] for row in rows]
    if all(measure["value"] is None for measure in measures):
        return None

    def draw(axes: Axes) -> None:
        values = [nan if m["value"] is None else m["value"] for m in measures]
        axes.plot(range(len(values)), values, color=SERIES[0], linewidth=1)
        for x, (row, measure) in enumerate(zip(rows, measures, strict=True)):
            fill = SERIES[0] if row["verdict"] == "pass" else COLOURS["ground"]
            if measure["interval"]:
                axes.vlines(x, *measure["interval"], color=SERIES[0], linewidth=1)
            axes.plot(x, values[x], "o", color=SERIES[0], markerfacecolor=fill, markersize=5.5)
        every = max(1, -(-len(rows) // MOST_NAMES))
        places = range((len(rows) - 1) % every, len(rows), every)  # the latest is always named
        axes.set_xticks(places, [shortened(rows[place]["release"], 9) for place in places])
        axes.set(xlim=(-0.4, len(rows) - 0.6))

    return picture(f"trend-{name}", f"{TITLES[name]} in {len(rows)} releases.", 1.9, draw)
