"""The workspace's champion against that of an earlier release: the part of the gate that needs Git's tags.

It is no stage of the pipeline, since a stage that reads tags would not give the same bytes when it runs again.
"""

import tempfile
from pathlib import Path
from typing import Any

from takeback.assessment.criteria import PASS, unshown
from takeback.assessment.fairness import audit
from takeback.assessment.metric_names import flat_metrics
from takeback.assessment.regression import WORSE, judge_changes
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.compare.measures import MeasuredChange, change, fairness_changes, repriced
from takeback.compare.revision import Revision
from takeback.config.params import PARAMS, Config, Policy, parse_config
from takeback.releases.provenance import latest
from takeback.releases.tags import releases
from takeback.repository.git import HERE, commit_of, git, root

RATIO_LOSS, SUFFIX = "max_approval_ratio_loss", ".approval_ratio"


def last_release(folder: Path = HERE) -> str | None:
    """Return the tag of the highest release that the worktree descends from; None without one.

    With changes, that may be the release at HEAD. Without, HEAD's own release is what is judged.
    """
    changed = git("status", "--porcelain", "--untracked-files=no", folder=folder)
    here = None if changed else commit_of("HEAD", folder)
    earlier = {version: tag for version, tag in releases("HEAD", folder=folder).items() if tag.commit != here}
    last = latest(earlier, folder)
    return last.name if last else None


def named_release(name: str, folder: Path = HERE) -> str:
    """Return the name of a release.

    Raises
    ------
    UserError
        If it is none.
    """
    commit_of(name, folder)
    if name not in {tag.name for tag in releases(folder=folder).values()}:
        raise UserError(f"{name}: is no release. `git tag --list 'v*'` names them.")
    return name


def judge_against(tag: str, folder: Path = HERE) -> dict[str, Any]:
    """Judge whether the workspace's champion is worse than that of a release.

    Profit is that of both releases' decisions at the workspace's policy, within what analysts can review, so that
    another assumption about losses is no gain and no loss.

    Returns
    -------
    dict
        As `judge_changes` gives it; without criteria if the release is about another data set, or so old that it has no
        score per applicant.

    Raises
    ------
    UserError
        If one of the two cannot be read.
    """
    top = root(folder)
    with tempfile.TemporaryDirectory() as bundles:
        before, after = Revision(tag, Path(bundles) / "before", top), Revision(None, Path(bundles) / "after", top)
        settings = parse_config(after.files.bytes(PARAMS).decode(), str(PARAMS))
        if not _comparable(before, settings):
            return {"verdict": PASS, "criteria": {}}
        sides = [_measured(side, settings.policy) for side in (before, after)]
        metrics = {name: change(name, *sides) for name in WORSE}
        judged = judge_changes(settings.gate, metrics, fairness_changes(*sides))
        hidden = [
            f"{RATIO_LOSS}.{name.removesuffix(SUFFIX)}"
            for side in (before, after)
            for name, value in side.measured(side.champion).metrics.items()
            if name.endswith(SUFFIX) and value is None
        ]
        return {**judged, "criteria": unshown(judged["criteria"], hidden)}


def _comparable(before: Revision, settings: Config) -> bool:
    params = before.files.yaml(str(PARAMS))
    data = params.get("data") if isinstance(params, dict) else None
    same = isinstance(data, dict) and data.get("name") == settings.data.name
    return same and before.files.exists(layout.scores(before.champion))


def _measured(side: Revision, policy: Policy) -> MeasuredChange:
    """Return a revision's champion with the profit that its decisions make at a policy, and no group hidden."""
    measured = repriced(side.measured(side.champion), policy)
    fairness = audit(measured.references, side.scores(side.champion))
    return measured._replace(metrics={**measured.metrics, **flat_metrics({}, fairness)}, fairness=fairness)
