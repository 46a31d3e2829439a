"""Is a release what its tag says? Everything that can be found again in the files of its commit is, and compared."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from takeback.assessment.criteria import known_result, stopping, verdict
from takeback.assessment.gate_verdict import Evidence, hidden_criteria, judge
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.shown import line, warn_once
from takeback.common.strict import parse
from takeback.config.params import PARAMS, Gate
from takeback.decisions.manifest import Manifest
from takeback.releases.message import CHAMPION, DATA, GATE, LOCK, NOTHING, metric, metrics_of
from takeback.releases.tags import Tag, release_problem
from takeback.releases.versions import Version
from takeback.repository.git import HERE
from takeback.repository.git_objects import Committed
from takeback.repository.lock_file import LOCK as LOCK_FILE

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
    performance = {
        part: files.json(layout.test_in(files.exists, name) / layout.PERFORMANCE) for part, name in names.items()
    }
    stated = {AUC: NOTHING, **metrics_of(tag.trailers)}
    yield from ((name, value, metric(performance, name)) for name, value in stated.items())
    yield GATE, str(tag.value(GATE)), str(files.json(layout.GATE)["verdict"])


SHOWN = 3


def check_gate(tag: Tag, folder: Path = HERE) -> None:
    """Compute the gate of a release again from the metrics and limits of its commit.

    Raises
    ------
    UserError
        If it blocks, or the tag says something else than its files.
    """
    if problem := contradiction(tag, folder):
        raise UserError(f"{tag.name} {problem}.")
    again = judged(Committed(tag.commit, tag.name, folder))
    if failed := stopping(again["criteria"]):
        raise UserError(f"{tag.name}: the gate blocks, computed again from its files ({'; '.join(failed)}).")
    if again["verdict"] != tag.value(GATE):
        raise UserError(f"{tag.name} says Gate {tag.value(GATE)}; computed again it is {again['verdict']}.")


def check_lock(tag: Tag, folder: Path = HERE) -> None:
    """Check that the lock of a release belongs to its parameters, code and metrics.

    Raises
    ------
    UserError
        If not: the first entries that do not.
    """
    # DVC takes half a second to be imported, and most of what asks here needs none of it.
    from takeback.repository.agreement import lock_problems
    from takeback.repository.clones import temporary_clone

    with temporary_clone(tag.commit, folder=folder) as clone:
        try:
            problems = lock_problems(clone)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise UserError(f"{tag.name}: {LOCK_FILE} is none that DVC writes ({error!r}).") from None
    if problems:
        more = f", and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise UserError(
            f"{tag.name}: {LOCK_FILE} does not belong to its files: {'; '.join(map(str, problems[:SHOWN]))}{more}."
        )


def check_manifest(tag: Tag, manifest: Manifest, folder: Path = HERE) -> None:
    """Check that the bundle is about the champion, the data and the metrics that lie in Git beside it.

    Raises
    ------
    UserError
        If not.
    """
    files = Committed(tag.commit, tag.name, folder)
    source = manifest.source or {}
    pairs: Mapping[str, tuple[Any, Any]] = {
        "champion": (manifest.champion, _mapping(files.json(layout.CHAMPION)).get("champion")),
        "data": (source.get("sha256"), _mapping(files.json(layout.DATA_METRICS)).get("source_sha256")),
        "metrics": (manifest.metrics, _measured(files, manifest.champion)),
    }
    if wrong := [name for name, (inside, beside) in pairs.items() if inside != beside]:
        raise UserError(f"{tag.name}: the bundle's {' and '.join(wrong)} are not those of its commit's metrics/.")


def judged(files: Committed) -> dict[str, Any]:
    """Return what the gate says of a commit, computed from its metrics and the limits of its params.yaml.

    Of a number that is hidden for privacy the result stands in gate.json alone, and the hash of that in dvc.lock.

    Raises
    ------
    UserError
        If they are of another form than this code's gate reads.
    """
    settings = parse(Gate, _mapping(files.yaml(PARAMS)).get("gate"), f"{files.name}: {PARAMS}", "gate")
    champion = str(_mapping(files.json(layout.CHAMPION)).get("champion"))
    evidence = Evidence(**{key: files.json(path) for key, path in layout.evidence(champion, files.exists).items()})
    stated = files.json(layout.GATE)
    try:
        criteria = judge(settings, evidence)["criteria"]
        for name in criteria.keys() & hidden_criteria(evidence.fairness, evidence.groups):
            criteria[name]["result"] = known_result(stated["criteria"][name]["result"])
        return {"verdict": verdict(criteria), "criteria": criteria}
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise UserError(f"{files.name}: its metrics are not what this code's gate reads ({error!r}).") from None


def _measured(files: Committed, champion: str) -> dict[str, Any]:
    def of(name: str) -> dict[str, Any]:
        folder = layout.test_in(files.exists, name)
        return {key: files.json(folder / f"{key}.json") for key in ("performance", "fairness")}

    return {"champion": of(champion), "fallback": of("rule")}


def _mapping(content: Any) -> dict[str, Any]:
    return content if isinstance(content, dict) else {}
