"""What must be true before a commit may become a release. Each problem says what is wrong and what mends it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from takeback.assessment.criteria import PASS, stopping
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.common.files import read_json
from takeback.config.composition import check_composed
from takeback.decisions.bundle import load_release
from takeback.releases.last_release import judge_against
from takeback.releases.storage import dvc_repository
from takeback.releases.tags import ORIGIN, check_identity
from takeback.repository.git import git, git_succeeds
from takeback.repository.results import result_problems


def problems(previous: str | None) -> list[str]:
    """Return everything in the worktree and the settings that stands against a release after ``previous``."""
    found = [line for check in (_identity, _history, _worktree, _composed, _pipeline) for line in _said(check)]
    if foreign := _said(partial(result_problems, layout.METRICS, layout.SCORES, layout.RELEASE)):
        return found + foreign  # a verdict on results of other settings would mislead
    return found + [line for check in (_gate, partial(_regression, previous), _bundle) for line in _said(check)]


def behind_origin() -> list[str]:
    """Say if the branch lacks commits that the Git remote has; call it after a fetch."""
    branch = f"refs/remotes/{ORIGIN}/{git('branch', '--show-current')}"
    if not git_succeeds("rev-parse", "--verify", "--quiet", branch):
        return []
    if git_succeeds("merge-base", "--is-ancestor", branch, "HEAD"):
        return []
    return [f"{ORIGIN} has commits of this branch that are not here: `git pull --rebase`, then `dvc repro`"]


def _said(check: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return list(check())
    except UserError as error:
        return [str(error)]


def _identity() -> Iterator[str]:
    check_identity()
    yield from ()


def _history() -> Iterator[str]:
    if git("rev-parse", "--is-shallow-repository") == "true":
        yield "this clone is shallow, so the last release cannot be known: `git fetch --unshallow --tags`"


def _worktree() -> Iterator[str]:
    changed = [line for line in git("status", "--porcelain", "-z").split("\0") if line]
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        names = ", ".join(line[3:] or line for line in changed[:5])
        yield f"the worktree has changes ({names}{more}): `git add` and `git commit` them, or `git stash -u`"


def _composed() -> Iterator[str]:
    check_composed()
    yield from ()


def _pipeline() -> Iterator[str]:
    with dvc_repository() as repo:
        status = repo.status()
        if not repo.config["core"].get("remote"):
            yield "no DVC remote is configured: `dvc remote add --default storage PATH-OR-URL`, then commit .dvc/config"
    stale = sorted(stage for stage, changes in status.items() if _lost(changes) is None)
    lost = sorted(path for changes in status.values() for path in _lost(changes) or [])
    if stale:
        yield f"dvc.lock is not fresh (stages {', '.join(stale)}): `dvc repro`, then commit"
    if lost:
        yield f"{', '.join(lost)} is not in the worktree or the cache: `dvc pull`, or `dvc commit --force`"


def _lost(changes: list[Any]) -> list[str] | None:
    """Return the outputs of a stage that are only not there; None if anything else has changed."""
    outs = [change.get("changed outs") if isinstance(change, dict) else None for change in changes]
    states = [out or {"": "modified"} for out in outs]
    if any(state not in ("deleted", "not in cache") for out in states for state in out.values()):
        return None
    return [path for out in states for path in out]


def _gate() -> Iterator[str]:
    gate = read_json(layout.GATE)
    if (failed := stopping(gate["criteria"])) or gate["verdict"] != PASS:
        yield (
            f"the gate blocks ({'; '.join(failed)}): change the model, the policy or the limits in conf/, "
            "then `takeback compose`, `dvc repro` and commit"
        )


def _regression(previous: str | None) -> Iterator[str]:
    if previous and (failed := stopping(judge_against(previous)["criteria"])):
        yield (
            f"it is worse than {previous} ({'; '.join(failed)}): `takeback diff {previous}` shows how, "
            "`takeback blame` names the step; if it is meant, raise the limit in conf/gate, "
            "then `takeback compose`, `dvc repro` and commit"
        )


def _bundle() -> Iterator[str]:
    load_release(layout.RELEASE)
    yield from ()
