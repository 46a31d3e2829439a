"""The report's page: a dict of metrics in, HTML out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from takeback.report import charts
from takeback.report.words import FILTERS, criteria, plain

BEST = {
    "auc": max,
    "ks": max,
    "average_precision": max,
    "brier": min,
    "calibration_error": min,
    "profit_per_application": max,
}


def render(metrics: Mapping[str, Any]) -> str:
    """Build the page.

    Parameters
    ----------
    metrics
        ``data_set`` (name), ``scenario`` (what was planted, or None), ``labels`` (feature to plain words), ``policy``
        and ``limits`` (settings), the contents of champion.json as ``choice``, of gate.json as ``gate``, data.json as
        ``data``, selection.json as ``selection`` and the champion's fairness.json as ``fairness``; and ``candidates``,
        for each name a dict of ``performance``, ``roc``, ``calibration``, ``training``, ``importance``,
        ``learning_curve`` (empty if there is none) and ``thresholds``.

    Returns
    -------
    str
        One HTML document that refers to nothing outside itself.
    """
    return environment().get_template("template.html").render(**metrics, **_derived(metrics))


def environment(*folders: Path) -> Environment:
    """Return what renders the project's pages: the report's templates, and those of other folders."""
    result = Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent]),
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


def ratios(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every group of the attributes that have approval ratios, with what is to say of its ratio."""
    return [row for attribute, audit in metrics["fairness"].items() for row in _ratios(metrics, attribute, audit)]


def _derived(metrics: Mapping[str, Any]) -> dict[str, Any]:
    measures = {name: flat(candidate["performance"]) for name, candidate in metrics["candidates"].items()}
    return {
        "champion": metrics["choice"]["champion"],
        "measures": measures,
        "best": {key: better(m[key] for m in measures.values()) for key, better in BEST.items()},
        "criteria": criteria(metrics["gate"]),
        "ratios": ratios(metrics),
        "charts": dict(_charts(metrics)),
    }


def _ratios(metrics: Mapping[str, Any], attribute: str, audit: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    groups, reference, limits = audit["groups"], audit["reference"], metrics["limits"]
    if all(row["approval_ratio"] is None for row in groups.values()):
        return
    for group, row in groups.items():
        # As in the gate: a small reference group makes every ratio to it uncertain.
        size = min(row["count"], groups.get(reference, row)["count"])
        yield {
            "attribute": plain(attribute),
            "group": plain(group),
            "ratio": row["approval_ratio"],
            "reference": group == reference,
            "small": size < limits["min_group_size"],
            "below": row["approval_ratio"] is not None and row["approval_ratio"] < limits["min_approval_ratio"],
        }


def _charts(metrics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    candidates, champion = metrics["candidates"], metrics["choice"]["champion"]
    aucs = {name: candidate["performance"]["ranking"]["auc"] for name, candidate in candidates.items()}
    yield "roc", charts.roc({name: candidate["roc"] for name, candidate in candidates.items()}, aucs, champion)
    yield "calibration", charts.calibration(candidates[champion]["calibration"])
    yield "importance", charts.importance([*_importance(metrics, champion)])
    learner = next((name for name in (champion, *candidates) if candidates[name]["learning_curve"]), None)
    if learner:
        training = candidates[learner]["training"]
        yield "learning", charts.learning(candidates[learner]["learning_curve"], training.get("rounds"))
    if rows := ratios(metrics):
        yield "ratios", charts.ratios(rows, metrics["limits"]["min_approval_ratio"])


def _importance(metrics: Mapping[str, Any], champion: str) -> Iterator[dict[str, Any]]:
    for row in metrics["candidates"][champion]["importance"]:
        label = metrics["labels"].get(row["feature"].partition("=")[0])  # housing=own is part of housing
        name = f"{row['feature']}: {label}" if label and label != row["feature"] else row["feature"]
        yield {"name": name, "value": row["mean_absolute_contribution"]}
