"""The measures of every release, each read from its own tag."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.shown import warn_once
from takeback.config.params import PARAMS
from takeback.releases.changelog import without_checks
from takeback.releases.environment_tags import Event, told
from takeback.releases.provenance import doubt
from takeback.releases.tags import Tag
from takeback.repository.git import HERE
from takeback.repository.git_objects import Committed

SMALLEST = "smallest_approval_ratio"
LARGEST = 1e15  # no measure is; a longer one would fill the page


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
        ``release``, ``date``, ``champion``, ``scenario``, ``verdict`` of the gate, ``unchecked`` (where it was put
        without the checks, by whom and why), and ``measures``: for each of `MEASURES` its ``value`` and 95%
        ``interval``, the smallest approval ratio also with its ``group``. What a release did not write is None. A
        release whose files cannot be read is named and left out.
    """
    rows = (_readable(tag, forced, folder) for tag, forced in told(folder).values())
    return [row for row in rows if row]


def _readable(tag: Tag, forced: Sequence[Event], folder: Path) -> dict[str, Any] | None:
    try:
        if not forced and (problem := doubt(tag, folder)):
            raise UserError(f"tag {tag.name} {problem}.")
        return _release(tag, forced, Committed(tag.commit, tag.name, folder))
    except UserError as error:
        warn_once(f"{error} It is left out")
        return None


def _release(tag: Tag, forced: Sequence[Event], files: Committed) -> dict[str, Any]:
    champion = _text(_content(files, layout.CHAMPION).get("champion"))
    return {
        "release": tag.name,
        "date": tag.when[:10],
        "champion": champion,
        "scenario": _text(_content(files, layout.SPLIT_METRICS).get("scenario")),
        "verdict": _text(_content(files, layout.GATE).get("verdict")),
        "unchecked": [without_checks(event) for event in forced],
        "measures": _measures(files, layout.test_in(files.exists, champion) if champion else layout.METRICS),
    }


def _measures(files: Committed, folder: Path) -> dict[str, dict[str, Any]]:
    performance, fairness, intervals = (
        _content(files, folder / f"{name}.json") for name in ("performance", "fairness", "intervals")
    )
    known = {name: measure.metric for name, measure in MEASURES.items() if measure.metric}
    result = {}
    for name, metric in known.items():
        part, _, key = metric.partition(".")
        value, interval = _mapping(performance.get(part)).get(key), intervals.get(metric)
        result[name] = {"value": _number(value), "interval": _interval(interval)}
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
    return {"value": value, "interval": _interval(intervals.get(f"{group}.approval_ratio")), "group": group}


def _ratios(fairness: Mapping[str, Any], least: int) -> Iterator[tuple[float, str]]:
    for attribute, audit in fairness.items():
        for group, row in _mapping(_mapping(audit).get("groups")).items():
            ratio, count = (_number(_mapping(row).get(key)) for key in ("approval_ratio", "count"))
            if ratio is not None and group != audit.get("reference") and (count is None or count >= least):
                yield ratio, f"{attribute}.{group}"


def _least(files: Committed) -> int:
    """Return the size from which the release's own gate judges a group."""
    params = files.yaml(PARAMS) if files.exists(PARAMS) else {}
    return int(_number(_mapping(_mapping(params).get("gate")).get("min_group_size")) or 0)


def _content(files: Committed, path: Path) -> dict[str, Any]:
    """Return a JSON file's content, nothing if the release has no such file: an older one wrote less."""
    if not files.exists(path):
        return {}
    return _mapping(files.json(path))


def _mapping(content: Any) -> dict[str, Any]:
    return content if isinstance(content, dict) else {}


def _text(content: Any) -> str | None:
    return content if isinstance(content, str) else None


def _number(content: Any) -> float | None:
    known = isinstance(content, (int, float)) and not isinstance(content, bool) and abs(content) < LARGEST
    return content if known else None


def _interval(content: Any) -> list[float] | None:
    ends = [_number(end) for end in content] if isinstance(content, list) else []
    return [end for end in ends if end is not None] if len(ends) == 2 and None not in ends else None
