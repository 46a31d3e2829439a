"""The message of a release's tag: for people first, and at its end Git's own trailers for programs."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from takeback.assessment.criteria import FAIL, INSUFFICIENT, may_stop, numbers
from takeback.common.shown import plain
from takeback.decisions.manifest import Manifest
from takeback.releases.versions import Reason
from takeback.report.headline import ROWS

RELEASE, COMMIT, LOCK = "Release", "Commit", "Lock-SHA256"
PREVIOUS, CHANGE, CHAMPION, METRIC, GATE = "Previous-Release", "Change", "Champion", "Metric", "Gate"
DATA = "Data-SHA256"
# Each once, in every release. Earlier ones do not say their commit and lock.
ALWAYS, SINCE_LOCK = (RELEASE, CHAMPION, GATE, DATA), (COMMIT, LOCK)
NOTHING = "nothing"
_METRIC = re.compile(
    r"((?:champion|fallback)\.[a-z_]+\.[a-z_]+) (null|-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:e[-+]?[0-9]{1,3})?)"
)


class Content(NamedTuple):
    """What a release's tag says."""

    version: str
    commit: str
    lock_sha256: str
    previous: str | None
    manifest: Manifest
    gate: Mapping[str, Any]
    python: str
    changes: Sequence[Reason]
    commits: Sequence[str]


def tag_message(content: Content) -> str:
    """Return the text of the annotated tag: the same for the same release."""
    manifest = content.manifest
    paragraphs = [
        [f"{content.version}: {manifest.champion} on {manifest.data}"],
        [f"Scenario: {manifest.scenario}"] if manifest.scenario else [],
        _table(manifest),
        [f"Gate: {content.gate['verdict']}", *(f"- {line}" for line in _not_passed(content.gate))],
        [f"Data: {_data(manifest)}"],
        [f"Environment: Python {content.python}; {', '.join(_libraries(manifest))}"],
        _changes(content),
        [f"{key}: {value}" for key, value in _trailers(content)],
    ]
    # A name with a line end in it must not become a trailer.
    return "\n\n".join("\n".join(plain(line, keep="") for line in lines) for lines in paragraphs if lines) + "\n"


def message_problem(name: str, commit: str, trailers: Mapping[str, Sequence[str]]) -> str | None:
    """Say why a tag's trailers are not those that `takeback release` writes for this name and commit."""
    if RELEASE not in trailers:
        return "was not made by `takeback release`: its message has no trailer Release"
    missing = [key for key in ALWAYS if key not in trailers]
    if missing or len([key for key in SINCE_LOCK if key in trailers]) == 1:
        return f"has no trailer {', '.join(missing or SINCE_LOCK)}"
    if double := [key for key in (*ALWAYS, *SINCE_LOCK) if len(trailers.get(key, ())) > 1]:
        return f"has more than one trailer {', '.join(double)}"
    if trailers[RELEASE][0] != name:
        return f"has the message of {trailers[RELEASE][0]}"
    if trailers.get(COMMIT, [commit])[0] != commit:
        return f"was made for the commit {trailers[COMMIT][0]} and is on {commit}"
    if broken := [text for text in trailers.get(METRIC, ()) if not _METRIC.fullmatch(text)]:
        return f"has a trailer Metric that is none: {broken[0][:80]}"
    names = [text.partition(" ")[0] for text in trailers.get(METRIC, ())]
    if double := [name for name in names if names.count(name) > 1]:
        return f"has more than one Metric {double[0]}"
    return None


def metrics_of(trailers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the metrics that a tag names, as JSON numbers, by part, group and name."""
    return {match[1]: match[2] for text in trailers.get(METRIC, ()) if (match := _METRIC.fullmatch(text))}


def metric(performance: Mapping[str, Any], name: str) -> str:
    """Return a metric as a tag says it; ``name`` is PART.GROUP.KEY, and ``performance`` has the parts."""
    part, group, key = name.split(".")
    return json.dumps(performance[part][group][key]) if key in performance[part].get(group, {}) else NOTHING


def _table(manifest: Manifest) -> list[str]:
    parts = {f"{manifest.champion} (champion)": "champion", "rule": "fallback"}
    widths = {name: max(12, len(name) + 2) for name in parts}
    lines = [f"{'On the test part':<26}" + "".join(f"{name:>{widths[name]}}" for name in parts)]
    for words, group, key in ROWS:
        values = {name: _performance(manifest, part)[group][key] for name, part in parts.items()}
        lines.append(f"{words:<26}" + "".join(f"{number(values[name]):>{widths[name]}}" for name in parts))
    return lines


def _performance(manifest: Manifest, part: str) -> Mapping[str, Any]:
    return (manifest.metrics or {})[part]["performance"]


def number(value: float | None) -> str:
    """Return a metric as people read it."""
    return "-" if value is None else f"{value:.4f}"


def _not_passed(gate: Mapping[str, Any]) -> list[str]:
    words = {FAIL: "failed", INSUFFICIENT: "not enough evidence"}
    return [
        f"{key}: {words[criterion['result']]}{'' if may_stop(criterion) else ', does not block'} ({numbers(criterion)})"
        for key, criterion in sorted(gate["criteria"].items())
        if criterion["result"] in words
    ]


def _data(manifest: Manifest) -> str:
    source = manifest.source or {}
    rows = source["rows"]
    return f"{source['file']}, {rows['source']} rows ({rows['quarantined']} quarantined), sha256 {source['sha256']}"


def _libraries(manifest: Manifest) -> list[str]:
    return [f"{name} {version}" for name, version in sorted((manifest.libraries or {}).items())]


def _changes(content: Content) -> list[str]:
    if not content.previous:
        return ["The first release."]
    changes = [f"- {change.bump}: {change.text}" for change in content.changes]
    return [f"Changes since {content.previous}", *changes, *(f"- commit {commit}" for commit in content.commits)]


def _trailers(content: Content) -> Iterator[tuple[str, str]]:
    manifest, source = content.manifest, content.manifest.source or {}
    yield from ((RELEASE, content.version), (COMMIT, content.commit), (LOCK, content.lock_sha256))
    if content.previous:
        yield PREVIOUS, content.previous
    yield from ((CHANGE, f"{change.bump}: {change.text}") for change in content.changes if content.previous)
    yield CHAMPION, manifest.champion
    performance = {part: _performance(manifest, part) for part in ("champion", "fallback")}
    names = [f"{part}.{group}.{key}" for part in performance for _words, group, key in ROWS]
    yield from ((METRIC, f"{name} {metric(performance, name)}") for name in names)
    yield GATE, content.gate["verdict"]
    yield from (("Gate-Criterion", line) for line in _not_passed(content.gate))
    yield from (
        ("Data-File", source["file"]),
        ("Data-Rows", str(source["rows"]["source"])),
        (DATA, source["sha256"]),
    )
    if manifest.scenario:
        yield "Scenario", manifest.scenario
    yield "Python", content.python
    yield from (("Library", library) for library in _libraries(manifest))
