"""CHANGELOG entries from the messages of release tags."""

import json
from collections.abc import Iterator
from pathlib import Path

from takeback.commands.summary import ROWS
from takeback.common.errors import UserError
from takeback.release.message import CHANGE, GATE, PREVIOUS, RELEASE, number
from takeback.release.tags import Tag, releases
from takeback.repository.git import HERE, commit_of


def notes(span: str | None = None, folder: Path = HERE) -> str:
    """Return Markdown for all releases, newest first; for those after A up to B of ``A..B``; or for one."""
    found = releases(*_limits(span, folder), folder=folder)
    if not found:
        raise UserError("there is no release" + (f" in {span}." if span else ". `takeback release` makes one."))
    return "\n\n".join("\n".join(_entry(found[version])) for version in sorted(found, reverse=True)) + "\n"


def _limits(span: str | None, folder: Path) -> list[str]:
    if span is None:
        return []
    first, dots, last = span.partition("..")
    if not first:
        raise UserError(f"{span}: expected A..B, such as v1.0.0..v1.2.0, A.. for all after A, or A alone.")
    if not dots:
        return [f"--points-at={commit_of(first, folder)}"]
    return [f"--no-merged={commit_of(first, folder)}", f"--merged={commit_of(last or 'HEAD', folder)}"]


def _entry(tag: Tag) -> Iterator[str]:
    yield f"## {tag.name} ({tag.when[:10]})"
    yield ""
    if tag.value(RELEASE) != tag.name:  # made by hand
        yield "\n\n".join(filter(None, [tag.subject, tag.body.strip()]))
        return
    yield f"{tag.subject.partition(': ')[2]}. Gate: {tag.value(GATE)}.{_scenario(tag)}"
    yield ""
    yield from _changes(tag)
    yield ""
    yield from _table(tag)
    yield ""
    yield f"Data: {tag.value('Data-File')}, {tag.value('Data-Rows')} rows, sha256 `{tag.value('Data-SHA256')}`."
    criteria = tag.trailers.get("Gate-Criterion", [])
    if criteria:
        yield from ("", "Of the gate:", "", *(f"- {line}" for line in criteria))


def _scenario(tag: Tag) -> str:
    scenario = tag.value("Scenario")
    return f" Scenario: {scenario}." if scenario else ""


def _changes(tag: Tag) -> list[str]:
    previous = tag.value(PREVIOUS)
    return (
        [f"Changes since {previous}:", "", *(f"- {c}" for c in tag.trailers[CHANGE])]
        if previous
        else ["The first release."]
    )


def _table(tag: Tag) -> Iterator[str]:
    metrics = dict(metric.split(" ", 1) for metric in tag.trailers.get("Metric", []))
    yield f"| on the test part | {tag.value('Champion')} | rule |"
    yield "|---|---:|---:|"
    for words, group, key in ROWS:
        cells = [metrics[f"{part}.{group}.{key}"] for part in ("champion", "fallback")]
        yield f"| {words} | " + " | ".join(number(json.loads(cell)) for cell in cells) + " |"
