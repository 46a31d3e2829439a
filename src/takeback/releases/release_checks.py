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
from takeback.releases.signing import check_key, check_signature, wanted
from takeback.releases.storage import dvc_repository
from takeback.releases.tags import ORIGIN, Tag, check_identity
from takeback.repository.agreement import lock_problems
from takeback.repository.clones import temporary_clone
from takeback.repository.git import git, git_succeeds
from takeback.repository.results import result_problems

SHOWN = 5


def problems(previous: str | None) -> list[str]:
    """Return everything in the worktree and the settings that stands against a release after ``previous``."""
    found = [*_raised(check_identity), *_said(_history), *_said(_worktree), *_raised(check_composed), *_said(_pipeline)]
    if foreign := _said(partial(result_problems, layout.METRICS, layout.SCORES, layout.RELEASE)):
        return found + foreign  # a verdict on results of other settings would mislead
    found += [*_said(_gate), *_said(partial(_regression, previous)), *_raised(load_release, layout.RELEASE)]
    return found or _said(_committed)


def behind_origin() -> list[str]:
    """Say if the branch lacks commits that the Git remote has; call it after a fetch."""
    branch = f"refs/remotes/{ORIGIN}/{git('branch', '--show-current')}"
    if not git_succeeds("rev-parse", "--verify", "--quiet", branch):
        return []
    if git_succeeds("merge-base", "--is-ancestor", branch, "HEAD"):
        return []
    return [f"{ORIGIN} has commits of this branch that are not here: `git pull --rebase`, then `dvc repro`"]


def signature_problems(made: Tag | None, sign: bool) -> list[str]:
    """Say if a release's tag is signed, or would be, by a key that `takeback promote` does not trust."""
    if made:
        return _raised(check_signature, made)
    return _raised(check_key) if sign or wanted() else []


def _raised(check: Callable[..., object], *arguments: object) -> list[str]:
    try:
        check(*arguments)
    except UserError as error:
        return [str(error)]
    return []


def _said(check: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return list(check())
    except UserError as error:
        return [str(error)]


def _history() -> Iterator[str]:
    if git("rev-parse", "--is-shallow-repository") == "true":
        yield "this clone is shallow, so the last release cannot be known: `git fetch --unshallow --tags`"


def _worktree() -> Iterator[str]:
    # Whatever the user's own settings hide; a renamed file as two lines, each with its name.
    printed = git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    if changed := [line[3:] for line in printed.split("\0") if line]:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        names = ", ".join(changed[:SHOWN])
        yield f"the worktree has changes ({names}{more}): `git add` and `git commit` them, or `git stash -u`"


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


def _committed() -> Iterator[str]:
    """Hold the lock against the commit as `takeback promote` will: Git sees not all that DVC does."""
    with temporary_clone("HEAD") as clone:
        problems = lock_problems(clone)
    if problems:
        more = f" and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        yield (
            f"dvc.lock is not that of the committed files ({'; '.join(map(str, problems[:SHOWN]))}{more}): the "
            "worktree has something that Git does not see. `git status --ignored` or `git ls-files -v | grep ^[a-zS]` "
            "names it: commit it, or remove it and `dvc repro`"
        )


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
