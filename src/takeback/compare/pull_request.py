"""What a pull request would change: rebuilt, compared with its base, and judged. The worktree stays as it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from takeback.assessment.criteria import stopping
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.common.shown import markdown
from takeback.compare.revisions import compare
from takeback.config.composition import CONF, check_composed
from takeback.config.params import PARAMS
from takeback.repository.agreement import lock_problems
from takeback.repository.clones import repro, temporary_clone
from takeback.repository.git import HERE, commit_of, fetched_commit
from takeback.repository.lock_file import quote_hashes, read_lock
from takeback.repository.sources import bring_sources
from takeback.repository.verification import RUNS, rebuild_clone, stages_with_outputs

MARK = {True: "passed", False: "**failed**"}
SHOWN = 10


class Check(NamedTuple):
    """One condition: its name, whether it holds, and what was found."""

    name: str
    passed: bool
    found: str


def settings_check(complaint: str | None) -> Check:
    """Judge whether params.yaml is what conf/ composes; ``complaint`` says what differs."""
    return Check("params.yaml", complaint is None, complaint or "is what conf/ composes")


def lock_check(problems: Sequence[Any]) -> Check:
    """Judge whether dvc.lock belongs to the files of the commit."""
    if not problems:
        return Check("dvc.lock", True, "belongs to these files")
    return Check("dvc.lock", False, f"stale: {_listed(problems)}. Run `dvc repro` and commit what it changes.")


def rebuild_check(outputs: Sequence[Any]) -> Check:
    """Judge whether a rebuild from Git alone gave every output of dvc.lock; an output has a path and `identical`."""
    wrong = [row.path for row in outputs if not row.identical]
    if not wrong:
        return Check("rebuild", True, f"from Git alone: {len(outputs)} outputs identical, byte for byte")
    return Check("rebuild", False, f"{len(wrong)} of {len(outputs)} outputs differ from dvc.lock: {_listed(wrong)}")


def gate_check(gate: dict[str, Any]) -> Check:
    """Judge the gate's verdict, with the criteria that block."""
    failed = stopping(gate["criteria"])
    return Check("gate", not failed, f"blocks: {_listed(failed)}" if failed else gate["verdict"])


def page(checks: Sequence[Check], difference: str) -> str:
    """Return the comment of a pull request, in Markdown."""
    passed = all(check.passed for check in checks)
    verdict = "all checks passed" if passed else "not to be merged as it is"
    rows = [f"| {check.name} | {MARK[check.passed]} | {_cell(check.found)} |" for check in checks]
    table = "\n".join(["| check | result | found |", "|---|---|---|", *rows])
    return f"## Takeback report: {verdict}\n\n{table}\n\n{difference.strip()}\n"


def _listed(items: Sequence[Any]) -> str:
    rest = f", and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(map(str, items[:SHOWN])) + rest


def _cell(text: str) -> str:
    return "<br>".join(markdown(line) for line in text.splitlines()[:12])


CACHE = Path(".dvc/cache")


class Built(NamedTuple):
    """The checks, the comparison with the base (None, and why, if the base can't be built), and the report's page."""

    checks: list[Check]
    difference: dict[str, Any] | None
    why_not: str
    page: bytes


def build(base: str, on_stage: Callable[[str], Any] = str, folder: Path = HERE) -> Built:
    """Build HEAD and its base in temporary clones and compare them.

    Parameters
    ----------
    base
        A branch, tag or commit; fetched from the Git remote if this clone is too shallow to have it.
    on_stage
        Called with a stage's name when it starts.
    folder
        Where the repository is.

    Raises
    ------
    UserError
        If there is no such base, or a stage of HEAD fails.
    """
    before = base_commit(base, folder)
    with temporary_clone("HEAD", folder=folder) as head:
        checks = [settings_check(_complaint(head)), lock_check(lock_problems(head))]
        rebuilt = rebuild_clone(head, on_stage, folder)
        checks += [rebuild_check(rebuilt.outs), gate_check(read_json(head / layout.GATE))]
        page = (head / layout.REPORT).read_bytes()
        try:
            _build_base(before, head / CACHE, on_stage, folder)
            found = compare(before, None, folder=head)
        except UserError as error:  # the base's own trouble; what is said of HEAD stays true
            return Built(checks, None, str(error), page)
    names = {"before": base, "after": "this change"}
    return Built(checks, found | {side: found[side] | {"name": name} for side, name in names.items()}, "", page)


def base_commit(base: str, folder: Path = HERE) -> str:
    """Return the commit of the base, and fetch that commit alone if the clone does not have it."""
    try:
        return commit_of(base, folder)
    except UserError:
        if found := fetched_commit(base.removeprefix("origin/"), "origin", folder):
            return found
        raise


def _build_base(commit: str, cache: Path, on_stage: Callable[[str], Any], folder: Path) -> None:
    """Put the base's outputs into a cache, from which stages that it shares with HEAD come without a run."""
    with temporary_clone(commit, cache, folder) as clone:
        quote_hashes(clone)
        bring_sources(clone, folder)
        repro(clone, *stages_with_outputs(read_lock(clone)), experiment=RUNS, on_stage=on_stage)


def _complaint(clone: Path) -> str | None:
    try:
        check_composed(clone / PARAMS, clone / CONF)
    except UserError as error:
        return str(error).replace(f"{clone}/", "")
    return None
