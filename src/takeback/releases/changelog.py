"""CHANGELOG entries from the messages of release tags, which anybody may have written: nothing in them is markup."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.shown import markdown, warn_once
from takeback.common.text_tables import markdown_table
from takeback.releases.environment_tags import Event, told
from takeback.releases.message import CHAMPION, CHANGE, DATA, GATE, PREVIOUS, metrics_of, number
from takeback.releases.provenance import doubt
from takeback.releases.tags import Tag, read_tags
from takeback.report.headline import ROWS
from takeback.repository.git import HERE, commit_of, git


def notes(span: str | None = None, folder: Path = HERE) -> str:
    """Return Markdown for all releases, newest first; for those after A up to B of ``A..B``; or for one.

    A tag that says something else than the files of its commit is named and left out.
    """
    within = _within(span, folder)
    found = [(tag, forced) for tag, forced in told(folder).values() if within is None or tag.name in within]
    entries = ["\n".join(entry) for tag, forced in reversed(found) if (entry := [*_entry(tag, forced, folder)])]
    if not entries:
        raise UserError("there is no release" + (f" in {span}." if span else ". `takeback release` makes one."))
    return "\n\n".join(entries) + "\n"


def _within(span: str | None, folder: Path) -> set[str] | None:
    if span is None:
        return None
    first, dots, last = span.partition("..")
    if not first:
        raise UserError(f"{span}: expected A..B, such as v1.0.0..v1.2.0, A.. for all after A, or A alone.")
    here = commit_of(first, folder)
    if not dots:
        tags = [tag for tag in read_tags("refs/tags/v*", folder=folder) if tag.commit == here]
        return {tag.name for tag in tags if tag.name == first} or {tag.name for tag in tags}
    within = git("rev-list", f"{here}..{commit_of(last or 'HEAD', folder)}", "--", folder=folder).split("\n")
    return {tag.name for tag in read_tags("refs/tags/v*", folder=folder) if tag.commit in within}


def _entry(tag: Tag, forced: Sequence[Event], folder: Path) -> Iterator[str]:
    problem = doubt(tag, folder)
    if problem and not forced:
        warn_once(f"tag {tag.name} {problem}. It is left out")
        return
    yield from (f"## {tag.name} ({tag.when[:10]})", "")
    yield from (line for event in forced for line in (f"**{markdown(without_checks(event))}**", ""))
    if problem:
        yield f"No release: the tag {markdown(problem)}."
    else:
        yield from _content(tag)


def without_checks(event: Event) -> str:
    """Say that a version was put somewhere unchecked, by whom and why."""
    return f"Put into {event.environment} unchecked, by {event.by}"


def _content(tag: Tag) -> Iterator[str]:
    yield f"{markdown(tag.subject.partition(': ')[2])}. Gate: {_said(tag, GATE)}.{_scenario(tag)}"
    yield ""
    yield from _changes(tag)
    yield ""
    yield _table(tag)
    yield ""
    yield f"Data: {_said(tag, 'Data-File')}, {_said(tag, 'Data-Rows')} rows, sha256 {_said(tag, DATA)}."
    criteria = tag.trailers.get("Gate-Criterion", [])
    if criteria:
        yield from ("", "Of the gate:", "", *(f"- {markdown(line)}" for line in criteria))


def _said(tag: Tag, key: str) -> str:
    return markdown(tag.value(key) or "-")


def _scenario(tag: Tag) -> str:
    return f" Scenario: {_said(tag, 'Scenario')}." if tag.value("Scenario") else ""


def _changes(tag: Tag) -> list[str]:
    changes = [f"- {markdown(change)}" for change in tag.trailers.get(CHANGE, [])]
    return [f"Changes since {_said(tag, PREVIOUS)}:", "", *changes] if tag.value(PREVIOUS) else ["The first release."]


def _table(tag: Tag) -> str:
    metrics = metrics_of(tag.trailers)
    rows = []
    for words, group, key in ROWS:
        cells = [metrics.get(f"{part}.{group}.{key}", "null") for part in ("champion", "fallback")]
        rows.append([words, *(number(json.loads(cell)) for cell in cells)])
    return markdown_table(["on the test part", _said(tag, CHAMPION), "rule"], rows, right=2)
