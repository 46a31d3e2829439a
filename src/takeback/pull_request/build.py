"""Run HEAD from nothing and its base from what they share, then compare. The worktree stays as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.compose import CONF, check_composed
from takeback.config import PARAMS
from takeback.difference.compare import compare
from takeback.pull_request.checks import Check, gate_check, lock_check, rebuild_check, settings_check
from takeback.repository.git import HERE, commit_of, fetched_commit
from takeback.repository.lock_file import quote_hashes, read_lock
from takeback.repository.workspace import repro, temporary_clone
from takeback.stages import layout
from takeback.upkeep.agreement import lock_problems
from takeback.upkeep.rebuild import RUNS, rebuild_clone, stages_with_outputs
from takeback.upkeep.sources import bring_sources

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
