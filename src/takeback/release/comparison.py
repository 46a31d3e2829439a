"""The workspace's champion against that of an earlier release: the part of the gate that needs Git's tags.

It is no stage of the pipeline, since a stage that reads tags would not give the same bytes when it runs again.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from takeback.assessment.regression import WORSE, judge_changes
from takeback.assessment.weighted import MEASURES
from takeback.common.errors import UserError
from takeback.config import PARAMS, Config, Policy, parse_config
from takeback.decisions.policy import DECISIONS, profit
from takeback.difference.measures import Measured, change, fairness_changes
from takeback.difference.revision import Revision
from takeback.release.tags import releases
from takeback.release.versions import Version
from takeback.repository.git import HERE, root

PROFIT = "decision.profit_per_application"


def last_release(folder: Path = HERE) -> str | None:
    """Return the tag of the highest release that HEAD descends from, other than HEAD itself; None without one."""
    here = {tag.name for tag in releases("--points-at=HEAD", folder=folder).values()}
    earlier: dict[Version, str] = {
        version: tag.name for version, tag in releases("--merged=HEAD", folder=folder).items() if tag.name not in here
    }
    return earlier[max(earlier)] if earlier else None


def judge_against(tag: str, folder: Path = HERE) -> dict[str, Any]:
    """Judge whether the workspace's champion is worse than that of a release; see `judge_changes`.

    Profit is that of both releases' decisions at the workspace's policy, so that another assumption about losses is no
    gain and no loss.

    Raises
    ------
    UserError
        If one of the two cannot be read, or they have different data sets.
    """
    top = root(folder)
    with tempfile.TemporaryDirectory() as bundles:
        before, after = Revision(tag, Path(bundles) / "before", top), Revision(None, Path(bundles) / "after", top)
        settings = parse_config(after.files.bytes(PARAMS).decode(), str(PARAMS))
        _check_data_set(before, settings)
        sides = [_at_policy(settings.policy, side.measured(side.champion)) for side in (before, after)]
        metrics = {name: change(name, *sides) for name in WORSE}
        return judge_changes(settings.gate, metrics, fairness_changes(*sides))


def _check_data_set(before: Revision, settings: Config) -> None:
    found = before.files.yaml(str(PARAMS))["data"]["name"]
    if found != settings.data.name:
        raise UserError(
            f"{before.name} is about the data set {found}, this is {settings.data.name}: not to be compared."
        )


def _at_policy(policy: Policy, measured: Measured) -> Measured:
    """Return a candidate with the profit that its decisions make at a policy."""
    scores = measured.scores
    if scores is None:
        raise UserError("the score of each applicant cannot be had: `dvc fetch --all-tags`, then try again.")
    decisions = np.array([DECISIONS.index(text) for text in scores["decision"].to_pylist()])
    earned = pa.array(profit(policy, decisions, scores["bad"].to_numpy()))
    scores = scores.set_column(scores.column_names.index("profit"), "profit", earned)
    value = float(MEASURES[PROFIT](scores, np.ones((1, len(scores))))[0])
    return measured._replace(metrics={**measured.metrics, PROFIT: value}, scores=scores)
