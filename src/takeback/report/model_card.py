"""The model card: a dict of metrics in, Markdown out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from takeback.common.shown import markdown
from takeback.report.page import common
from takeback.report.people_sections import holds
from takeback.report.report_words import FILTERS, verdicts


def card(metrics: Mapping[str, Any]) -> str:
    """Build the model card, in the sections of Mitchell et al. (2019), "Model cards for model reporting".

    Parameters
    ----------
    metrics
        As `takeback.report.page.render` takes them, without what does not lie in Git: manifest, surface, thresholds.

    Returns
    -------
    str
        Markdown as GitHub shows it.
    """
    own = {
        "verdicts": verdicts(metrics["gate"], "min_approval_ratio"),
        "intervals": metrics["candidates"][metrics["choice"]["champion"]]["intervals"],
        "worst": next((row for row in metrics["slices"]["slices"] if holds(row)), None),
        "inputs": sorted(name for name, row in metrics["selection"]["features"].items() if row["selected"]),
    }
    return _environment().get_template("card.md").render(**metrics, **common(metrics), **own)


def _environment() -> Environment:
    result = Environment(  # noqa: S701  Markdown, with an escape of its own
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    result.filters.update(FILTERS)
    return result


def _shown(value: Any) -> Any:
    """Make a value safe; a space before it is the sentence's, which goes on with it."""
    return " " * value.startswith(" ") + markdown(value) if isinstance(value, str) else value
