"""The measures of every release, each read from its own tag."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.shown import warn_once
from takeback.common.strict import parse
from takeback.config.params import PARAMS, Policy
from takeback.decisions.policy import profit_of_shares
from takeback.releases.changelog import without_checks
from takeback.releases.environment_tags import Event, told
from takeback.releases.provenance import doubt
from takeback.releases.tags import Tag
from takeback.repository.git import HERE
from takeback.repository.git_objects import Committed

SMALLEST = "smallest_approval_ratio"
ROUNDING = 1e-6
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
        ``interval``, the smallest approval ratio also with its ``group``. Profit is that of each
        release's decisions at the policy of the last one, within what analysts can review. What a release did not write
        is None. A release whose files cannot be read is named and left out.
    """
    known = [*told(folder).values()]
    commits = (Committed(tag.commit, tag.name, folder) for tag, _ in reversed(known))
    policy = next((found for files in commits if (found := _policy(files))), None)
    rows = (_readable(tag, forced, policy, folder) for tag, forced in known)
    return [row for row in rows if row]


def _policy(files: Committed) -> Policy | None:
    """Return the policy of a release; None if this code cannot read it."""
    try:
        return parse(Policy, _mapping(files.yaml(PARAMS)).get("policy"), str(PARAMS), "policy")
    except UserError:
        return None


def _readable(tag: Tag, forced: Sequence[Event], policy: Policy | None, folder: Path) -> dict[str, Any] | None:
    try:
        if not forced and (problem := doubt(tag, folder)):
            raise UserError(f"tag {tag.name} {problem}.")
        return _release(tag, forced, policy, Committed(tag.commit, tag.name, folder))
    except UserError as error:
        warn_once(f"{error} It is left out")
        return None


def _release(tag: Tag, forced: Sequence[Event], policy: Policy | None, files: Committed) -> dict[str, Any]:
    champion = _text(_content(files, layout.CHAMPION).get("champion"))
    return {
        "release": tag.name,
        "date": tag.when[:10],
        "champion": champion,
        "scenario": _text(_content(files, layout.SPLIT_METRICS).get("scenario")),
        "verdict": _text(_content(files, layout.GATE).get("verdict")),
        "unchecked": [without_checks(event) for event in forced],
        "measures": _measures(files, layout.test_in(files.exists, champion) if champion else layout.METRICS, policy),
    }


def _measures(files: Committed, folder: Path, policy: Policy | None) -> dict[str, dict[str, Any]]:
    performance, fairness, intervals = (
        _content(files, folder / f"{name}.json") for name in ("performance", "fairness", "intervals")
    )
    known = {name: measure.metric for name, measure in MEASURES.items() if measure.metric}
    result: dict[str, dict[str, Any]] = {}
    for name, metric in known.items():
        part, _, key = metric.partition(".")
        value, interval = _mapping(performance.get(part)).get(key), intervals.get(metric)
        result[name] = {"value": _number(value), "interval": _interval(interval)}
    own = result["profit"] if policy == _policy(files) else {"value": None, "interval": None}
    result["profit"] = _at_policy(policy, performance, result["profit"]) or own
    result[SMALLEST] = smallest_ratio(fairness, intervals, _least(files))
    return result


def _at_policy(policy: Policy | None, performance: Mapping[str, Any], stated: dict[str, Any]) -> dict[str, Any] | None:
    """Price a release's decisions at a policy, from its rates; None if one is not shown.

    It has the stated interval only where that changes nothing.
    """
    rates = {**_mapping(performance.get("probability")), **_mapping(performance.get("decision"))}
    among = [("approve_rate", "bad_rate_among_approved"), ("decline_rate", "decline_precision")]
    shares = [(_number(rates.get(of)), _number(rates.get(bad)) if rates.get(of) else 0.0) for of, bad in among]
    refer, bad_rate = (_number(rates.get(name)) for name in ("refer_rate", "bad_rate"))
    if policy is None or refer is None or bad_rate is None or any(None in pair for pair in shares):
        return None
    (approved, bad_approved), (declined, bad_declined) = ((of, of * bad) for of, bad in shares)  # type: ignore[operator]
    bad = np.array([bad_approved, bad_rate - bad_approved - bad_declined, bad_declined])
    value = profit_of_shares(policy, np.array([approved, refer, declined]) - bad, bad)
    same = stated["value"] is not None and abs(value - stated["value"]) < ROUNDING
    return stated if same else {"value": value, "interval": None}


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
