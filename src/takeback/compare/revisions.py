"""Two revisions to one result, which every format shows. `docs/diff.md` explains each key."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import rounded
from takeback.compare.data_changes import data_changes
from takeback.compare.decision_changes import decision_changes, flips, paired_decisions
from takeback.compare.measures import MeasuredChange, fairness_changes, metric_changes, money_changes, repriced
from takeback.compare.revision import Revision, stricter_reasons
from takeback.compare.settings_changes import (
    gate_changes,
    parameter_changes,
    selection_changes,
    size_changes,
    value_changes,
)
from takeback.compare.shown_counts import of_data, of_decisions, of_fairness
from takeback.repository.git import HERE, root

SCHEMA = 1
MIN_CELL = 10  # of a revision whose settings do not say it yet
UNAVAILABLE = "unavailable"
SIDES = ("before", "after")
FALLBACK = "rule"


def compare(before: str, after: str | None, examples: int = 0, folder: Path = HERE) -> dict[str, Any]:
    """Compare two revisions. Nothing in the worktree is read or written, unless it is one of the two.

    Parameters
    ----------
    before
        A tag, branch or commit.
    after
        Another, or None for the workspace.
    examples
        How many applicants to name for each direction in which decisions flip. Else nothing tells of fewer people than
        the higher ``privacy.min_cell`` of the two.
    folder
        Anywhere in the repository.

    Returns
    -------
    dict
        Plain data. A section that cannot be had is ``{"unavailable": why}``.

    Raises
    ------
    UserError
        If there is no such revision, or the pipeline was not run in it.
    """
    top = root(folder)
    with tempfile.TemporaryDirectory() as bundles:
        sides = Revision(before, Path(bundles) / "before", top), Revision(after, Path(bundles) / "after", top)
        result: dict[str, Any] = {"schema_version": SCHEMA}
        result |= {key: _about(side) for key, side in zip(SIDES, sides, strict=True)}
        sections = _sections(*sides, examples)
        for name, section in tqdm(sections.items(), "comparing", disable=None, leave=False):
            result[name] = _available(section)
    return rounded(result)


def _sections(before: Revision, after: Revision, examples: int) -> dict[str, Callable[[], Any]]:
    def of_file(path: Path, changes: Callable[[Any, Any], Any]) -> Callable[[], Any]:
        return lambda: changes(before.files.json(path), after.files.json(path))

    def of_champions(changes: Callable[[MeasuredChange, MeasuredChange], Any]) -> Callable[[], Any]:
        return lambda: changes(before.measured(before.champion), after.measured(after.champion))

    def at_one_policy(*names: str) -> Any:
        return metric_changes(
            *(repriced(s.measured(n), after.policy) for s, n in zip((before, after), names, strict=True))
        )

    return {
        "parameters": lambda: parameter_changes(before.files.yaml("params.yaml"), after.files.yaml("params.yaml")),
        "data": lambda: _data(before, after),
        "selection": of_file(layout.SELECTION, selection_changes),
        "champion": of_file(layout.CHAMPION, lambda *sides: dict(zip(SIDES, sides, strict=True))),
        "metrics": lambda: at_one_policy(before.champion, after.champion),
        "rule": lambda: at_one_policy(FALLBACK, FALLBACK),
        "money": lambda: money_changes(before.measured(before.champion), after.measured(after.champion), after.policy),
        "fairness": lambda: of_fairness(of_champions(fairness_changes)(), _least(before, after)),
        "policy": lambda: value_changes(before.thresholds(), after.thresholds()),
        "gate": of_file(layout.GATE, gate_changes),
        "size": lambda: size_changes(before.size(), after.size()),
        "libraries": lambda: value_changes(before.libraries(), after.libraries()),
        "decisions": lambda: _decisions(before, after, examples),
    }


def _data(before: Revision, after: Revision) -> dict[str, Any]:
    _check_pairing(before, after)
    return of_data(data_changes(before.applications, after.applications), _least(before, after))


def _decisions(before: Revision, after: Revision, examples: int) -> dict[str, Any]:
    _check_pairing(before, after)
    paired = paired_decisions(*(side.scores(side.champion) for side in (before, after)))
    reasons, why_not = None, None
    try:
        reasons = stricter_reasons(before, after, flips(paired))
    except UserError as error:  # such as a bundle that is not in the cache: the counts can be had without it
        why_not = str(error)
    changes = of_decisions(decision_changes(paired, reasons, examples), _least(before, after))
    return {**changes, "no_reasons": why_not}


def _least(before: Revision, after: Revision) -> int:
    privacy = [side.files.yaml("params.yaml").get("privacy") or {} for side in (before, after)]
    return max(int(of.get("min_cell", MIN_CELL)) for of in privacy)


def _check_pairing(before: Revision, after: Revision) -> None:
    names = [side.files.yaml("params.yaml")["data"]["name"] for side in (before, after)]
    if names[0] != names[1]:
        raise UserError(
            f"the data sets differ ({names[0]}, {names[1]}): an id does not mean the same applicant in both."
        )


def _about(side: Revision) -> dict[str, Any]:
    about = {"name": side.name, "commit": side.commit, "champion": side.champion, "scenario": None}
    try:
        about["scenario"] = side.manifest.scenario
        side.scores(side.champion)
        return {**about, "missing": None}
    except UserError as error:
        return {**about, "missing": str(error)}


def _available(section: Callable[[], Any]) -> Any:
    try:
        return section()
    except UserError as error:
        return {UNAVAILABLE: str(error)}
