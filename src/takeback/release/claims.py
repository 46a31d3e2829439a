"""Does the message of a release's tag say what the files of its commit say? Read from Git alone."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from takeback.common.errors import UserError
from takeback.common.shown import line, warn_once
from takeback.release.message import CHAMPION, DATA, GATE, LOCK, NOTHING, metric, metrics_of
from takeback.release.tags import Tag, release_problem
from takeback.release.versions import Version
from takeback.repository.committed import Committed
from takeback.repository.git import HERE
from takeback.repository.lock_file import LOCK as LOCK_FILE
from takeback.stages import layout

AUC = "champion.ranking.auc"


def contradiction(tag: Tag, folder: Path = HERE) -> str | None:
    """Say where the message of a release's tag is not what the files of its commit say; from Git alone.

    Raises
    ------
    UserError
        If these files are not what this code reads.
    """
    files = Committed(tag.commit, tag.name, folder)
    try:
        for key, stated, found in _compared(tag, files):
            if stated != found:
                return f"says {key} {stated}; its files say {found}"
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise UserError(f"{tag.name}: its metrics are not what this code reads ({error!r}).") from None
    return None


def doubt(tag: Tag, folder: Path = HERE) -> str | None:
    """Say why nothing should be told of a release; one whose files this code cannot read any more is told."""
    if problem := release_problem(tag):
        return problem
    try:
        return contradiction(tag, folder)
    except UserError as error:
        warn_once(f"{line(str(error)).rstrip('.')}. So its tag cannot be held against them")
        return None


def latest(known: Mapping[Version, Tag], folder: Path = HERE) -> Tag | None:
    """Return the highest of some releases whose message is what its files say; name each one above it that is not."""
    for version in sorted(known, reverse=True):
        problem = doubt(known[version], folder)
        if not problem:
            return known[version]
        warn_once(f"tag {version} {problem}. It is left out")
    return None


def _compared(tag: Tag, files: Committed) -> Iterator[tuple[str, str, str]]:
    """Give for each trailer that can be found again: its key, what the tag says, and what the files say."""
    champion = str(files.json(layout.CHAMPION)["champion"])
    yield CHAMPION, str(tag.value(CHAMPION)), champion
    yield DATA, str(tag.value(DATA)), str(files.json(layout.DATA_METRICS)["source_sha256"])
    if LOCK in tag.trailers:
        yield LOCK, str(tag.value(LOCK)), sha256(files.bytes(Path(LOCK_FILE))).hexdigest()
    names = {"champion": champion, "fallback": "rule"}
    performance = {part: files.json(layout.test(name) / "performance.json") for part, name in names.items()}
    stated = {AUC: NOTHING, **metrics_of(tag.trailers)}
    yield from ((name, value, metric(performance, name)) for name, value in stated.items())
    yield GATE, str(tag.value(GATE)), str(files.json(layout.GATE)["verdict"])
