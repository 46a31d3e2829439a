"""The report's page: a dict of metrics in, HTML out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from takeback.report.findings import findings, tightest
from takeback.report.report_words import FILTERS, criteria
from takeback.report.sections import SECTIONS


def render(metrics: Mapping[str, Any], release: Mapping[str, Any] | None = None) -> str:
    """Build the page.

    Parameters
    ----------
    metrics
        ``data_set`` (name), ``scenario`` (what was planted, or None), ``labels`` (feature to plain words), ``policy``
        and ``governance`` (settings); the contents of champion.json as ``choice``, of groups.json as
        ``group_verdicts``, and of gate, data, split, selection and manifest.json by their names; of the champion
        ``fairness``, ``near_threshold``, ``slices`` and ``reasons`` as
        in its JSON files, the table of profit_surface.csv as ``surface`` and its ``profit_on_calibration``; and
        ``candidates``, for each name a dict of ``performance``, ``intervals``, ``roc``, ``calibration``, ``training``,
        ``importance``, ``learning_curve`` (empty if there is none), ``thresholds`` and ``gain`` (what it earns more
        than the rule, as `takeback.assessment.paired.paired_difference` gives it; None for the rule).
    release
        What is known of a release beside its metrics, as `takeback.releases.release_page.about` gives it: its version,
        commit, maker, what changed since the one before, and who approved it. None for a run of the pipeline.

    Returns
    -------
    str
        One HTML document that refers to nothing outside itself.
    """
    own = {section.name: section.content(metrics) for section in SECTIONS}
    shown = [section for section in SECTIONS if section.title]
    shared = common(metrics)
    first = {"findings": findings(metrics), "tightest": tightest(shared["criteria"]), "release": release}
    return environment().get_template("template.html").render(**metrics, **shared, **first, own=own, sections=shown)


def common(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return what more than one section needs: the champion's name and measures, the criteria by urgency."""
    rows = criteria(metrics["gate"])
    return {
        "champion": metrics["choice"]["champion"],
        "measures": {name: flat(candidate["performance"]) for name, candidate in metrics["candidates"].items()},
        "criteria": rows,
        "blocking": [row for row in rows if row["stops"]],
        "warned": [row for row in rows if row["result"] == "fail" and not row["stops"]],
        "unsure": [row for row in rows if row["result"] == "insufficient evidence" and not row["stops"]],
    }


def environment(*folders: Path) -> Environment:
    """Return what renders the project's pages: the report's templates, and those of other folders."""
    result = Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    result.filters.update(FILTERS)
    return result


def flat(performance: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return all measures of a candidate without the groups that they stand in."""
    return {key: value for group in performance.values() for key, value in group.items()}
