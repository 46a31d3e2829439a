"""The message of a release's tag: for people first, and at its end Git's own trailers for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from takeback.assessment.criteria import FAIL, INSUFFICIENT, may_stop, numbers
from takeback.commands.summary import ROWS
from takeback.decisions.manifest import Manifest
from takeback.release.versions import Reason

RELEASE, PREVIOUS, CHANGE, GATE = "Release", "Previous-Release", "Change", "Gate"


class Content(NamedTuple):
    """What a release's tag says."""

    version: str
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
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


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
    yield RELEASE, content.version
    if content.previous:
        yield PREVIOUS, content.previous
    yield from ((CHANGE, f"{change.bump}: {change.text}") for change in content.changes if content.previous)
    yield "Champion", manifest.champion
    for part in ("champion", "fallback"):
        for _words, group, key in ROWS:
            yield "Metric", f"{part}.{group}.{key} {json.dumps(_performance(manifest, part)[group][key])}"
    yield GATE, content.gate["verdict"]
    yield from (("Gate-Criterion", line) for line in _not_passed(content.gate))
    yield from (
        ("Data-File", source["file"]),
        ("Data-Rows", str(source["rows"]["source"])),
        ("Data-SHA256", source["sha256"]),
    )
    if manifest.scenario:
        yield "Scenario", manifest.scenario
    yield "Python", content.python
    yield from (("Library", library) for library in _libraries(manifest))
