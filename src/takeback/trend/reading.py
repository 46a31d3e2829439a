"""The measures of every release, each read from its own tag."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from takeback.config import PARAMS
from takeback.release.tags import Tag, releases
from takeback.repository.git import HERE
from takeback.repository.snapshot import Snapshot
from takeback.stages import layout

SMALLEST = "smallest_approval_ratio"


class Measure(NamedTuple):
    """A measure: its words, and its dotted name in a candidate's metrics; None for the one that is looked for."""

    words: str
    metric: str | None
    share: bool = False


MEASURES = {
    "auc": Measure("AUC", "ranking.auc"),
    "brier": Measure("Brier", "probability.brier"),
    "profit": Measure("profit", "decision.profit_per_application"),
    "approved": Measure("approved", "decision.approve_rate", True),
    "referred": Measure("referred", "decision.refer_rate", True),
    SMALLEST: Measure("lowest ratio", None),
}


def read_trend(folder: Path = HERE) -> list[dict[str, Any]]:
    """Return what each release says of itself, lowest version first.

    Parameters
    ----------
    folder
        The top of the repository.

    Returns
    -------
    list of dict
        ``release``, ``date``, ``champion``, ``scenario``, ``verdict`` of the gate, and ``measures``: for each of
        `MEASURES` its ``value`` and 95% ``interval``, the smallest approval ratio also with its ``group``. What a
        release did not write is None.
    """
    return [_release(tag, Snapshot(tag.name, folder)) for tag in releases(folder=folder).values()]


def _release(tag: Tag, files: Snapshot) -> dict[str, Any]:
    champion = _content(files, layout.CHAMPION).get("champion")
    return {
        "release": tag.name,
        "date": tag.when[:10],
        "champion": champion,
        "scenario": _content(files, layout.SPLIT_METRICS).get("scenario"),
        "verdict": _content(files, layout.GATE).get("verdict"),
        "measures": _measures(files, layout.test(champion) if champion else layout.METRICS),
    }


def _measures(files: Snapshot, folder: Path) -> dict[str, dict[str, Any]]:
    performance, fairness, intervals = (
        _content(files, folder / f"{name}.json") for name in ("performance", "fairness", "intervals")
    )
    known = {name: measure.metric for name, measure in MEASURES.items() if measure.metric}
    result = {}
    for name, metric in known.items():
        part, _, key = metric.partition(".")
        result[name] = {"value": _mapping(performance.get(part)).get(key), "interval": intervals.get(metric)}
    result[SMALLEST] = smallest_ratio(fairness, intervals, _least(files))
    return result


def smallest_ratio(fairness: Mapping[str, Any], intervals: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Return the smallest approval ratio with its interval and its group, as ATTRIBUTE.GROUP.

    Parameters
    ----------
    fairness, intervals
        Of the champion, as in its metrics; empty where a release has none.
    least
        How many people a group needs to count.
    """
    value, group = min(_ratios(fairness, least), default=(None, None))
    return {"value": value, "interval": intervals.get(f"{group}.approval_ratio"), "group": group}


def _ratios(fairness: Mapping[str, Any], least: int) -> Iterator[tuple[float, str]]:
    for attribute, audit in fairness.items():
        for group, row in audit.get("groups", {}).items():
            ratio = row.get("approval_ratio")
            if ratio is not None and group != audit.get("reference") and row.get("count", least) >= least:
                yield ratio, f"{attribute}.{group}"


def _least(files: Snapshot) -> int:
    """Return the size from which the release's own gate judges a group."""
    params = _mapping(files.yaml(PARAMS)) if files.exists(PARAMS) else {}
    return int(_mapping(params.get("gate")).get("min_group_size") or 0)


def _content(files: Snapshot, path: Path) -> dict[str, Any]:
    """Return a JSON file's content, nothing if the release has no such file: an older one wrote less."""
    if not files.exists(path):
        return {}
    return _mapping(files.json(path))


def _mapping(content: Any) -> dict[str, Any]:
    return content if isinstance(content, dict) else {}
