"""The workspace's champion against that of an earlier release: the part of the gate that needs Git's tags.

It is no stage of the pipeline, since a stage that reads tags would not give the same bytes when it runs again.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from takeback.assessment.criteria import PASS
from takeback.assessment.regression import WORSE, judge_changes
from takeback.assessment.weighted import MEASURES
from takeback.config import PARAMS, Config, Policy, parse_config
from takeback.decisions.policy import DECISIONS, profit
from takeback.difference.measures import Measured, change, fairness_changes
from takeback.difference.revision import Revision
from takeback.release.tags import releases
from takeback.release.versions import Version
from takeback.repository.git import HERE, commit_of, root
from takeback.stages import layout

PROFIT = "decision.profit_per_application"
# A release that refers far more than analysts can review has earned nothing with those reviews. Thresholds are chosen
# on the calibration part, so the test part is a little above or below capacity.
OVER_CAPACITY = 1.25
UNKNOWN = {"before": None, "after": None, "change": None, "interval": None}


def last_release(folder: Path = HERE) -> str | None:
    """Return the tag of the highest release that HEAD descends from, other than HEAD itself; None without one."""
    here = commit_of("HEAD", folder)
    earlier: dict[Version, str] = {
        version: tag.name for version, tag in releases("--merged=HEAD", folder=folder).items() if tag.commit != here
    }
    return earlier[max(earlier)] if earlier else None


def judge_against(tag: str, folder: Path = HERE) -> dict[str, Any]:
    """Judge whether the workspace's champion is worse than that of a release.

    Profit is that of both releases' decisions at the workspace's policy, so that another assumption about losses is no
    gain and no loss. It is not compared where one of them refers far more than analysts can review, as the rule does.

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
        capacity = OVER_CAPACITY * settings.policy.max_referral_rate
        if any((side.metrics["decision.refer_rate"] or 0) > capacity for side in sides):
            metrics[PROFIT] = UNKNOWN
        return judge_changes(settings.gate, metrics, fairness_changes(*sides))


def _comparable(before: Revision, settings: Config) -> bool:
    params = before.files.yaml(str(PARAMS))
    data = params.get("data") if isinstance(params, dict) else None
    same = isinstance(data, dict) and data.get("name") == settings.data.name
    return same and before.files.exists(layout.scores(before.champion))


def _measured(side: Revision, policy: Policy) -> Measured:
    """Return a revision's champion with the profit that its decisions make at a policy."""
    scores = side.scores(side.champion)
    decisions = np.array([DECISIONS.index(text) for text in scores["decision"].to_pylist()])
    earned = pa.array(profit(policy, decisions, scores["bad"].to_numpy()))
    scores = scores.set_column(scores.column_names.index("profit"), "profit", earned)
    measured = side.measured(side.champion)
    value = float(MEASURES[PROFIT](scores, np.ones((1, len(scores))))[0])
    return measured._replace(metrics={**measured.metrics, PROFIT: value}, scores=scores)
