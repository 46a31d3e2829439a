"""What is logged about a finished run: a pure function of the files that the pipeline wrote."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

Kind = Literal["release", "experiment"]

LONGEST_PARAM = 6000  # MLflow's limit; params.yaml itself is logged too


class Record(NamedTuple):
    """What is logged.

    Two records with one key are the same run, logged again; with one digest too, nothing has changed.
    """

    data: str
    name: str
    key: str
    digest: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


def record(
    name: str, kind: Kind, commit: str, params: dict[str, Any], manifest: dict[str, Any], metrics: dict[str, Any]
) -> Record:
    """Say what is logged about a run.

    Parameters
    ----------
    name
        The release's tag or the experiment's name.
    kind
        What the name names. Experiments of several people can share a name, so their commit is part of their key.
    commit
        The commit of the release, or the one that the experiment started from.
    params
        The content of params.yaml.
    manifest
        The manifest of the release bundle.
    metrics
        The champion's performance and fairness on the test part, the data's metrics, and the gate.
    """
    tags = {
        "kind": kind,
        "champion": manifest["champion"],
        "gate": metrics["gate"]["verdict"],
        "mlflow.source.git.commit": commit,
    }
    flat_params = {key: _text(value) for key, value in _flat(params)}
    flat_metrics = {key: float(value) for key, value in _flat(metrics) if _is_number(value)}
    return Record(
        data=manifest["data"],
        name=name,
        key=quote(f"{kind}/{name}" if kind == "release" else f"{kind}/{commit}/{name}"),  # no quotes: goes in a filter
        digest=_digest([flat_params, flat_metrics, tags, manifest]),
        params=flat_params,
        metrics=flat_metrics,
        tags=tags,
    )


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        name = prefix + _safe(str(key))
        if isinstance(item, dict):
            yield from _flat(item, f"{name}.")
        else:
            yield name, item


def _safe(key: str) -> str:
    """Write what MLflow refuses in a name as its code point, so that two keys never become one."""
    return re.sub(r"[^\w.\- ]", lambda match: f"_{ord(match[0]):x}_", key)


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:LONGEST_PARAM]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
