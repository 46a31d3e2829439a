"""What a champion has lost against that of the last release, beyond what chance explains."""

from collections.abc import Mapping
from typing import Any

from takeback.assessment.criteria import INSUFFICIENT, at_most, verdict
from takeback.config import Criterion, Gate

# Which way is worse: 1 if a larger number is.
WORSE = {"ranking.auc": -1, "probability.brier": 1, "decision.profit_per_application": -1}
LIMITS = {
    "ranking.auc": "max_auc_loss",
    "probability.brier": "max_brier_rise",
    "decision.profit_per_application": "max_profit_loss",
}
RATIO = "approval_ratio"


def judge_changes(settings: Gate, metrics: Mapping[str, Any], fairness: Mapping[str, Any]) -> dict[str, Any]:
    """Judge how far a champion is behind the champion of an earlier release.

    Parameters
    ----------
    settings
        The limits, and from how many members on a group counts.
    metrics, fairness
        The changes since, as `takeback.difference.measures` gives them: of each metric, and of each group's rates.

    Returns
    -------
    dict
        ``verdict`` and ``criteria``, as `takeback.assessment.gate.judge` gives them. The value of a criterion is the
        loss; it fails if all of its interval is above the limit. A group whose approval ratio fell but is not below 1
        has lost nothing to the reference group.
    """
    criteria = {limit: _loss(getattr(settings, limit), metrics[name], WORSE[name]) for name, limit in LIMITS.items()}
    for attribute, audit in fairness.items():
        for group, row in audit["groups"].items():
            if group not in audit["reference"].values():
                criteria[f"max_approval_ratio_loss.{attribute}.{group}"] = _ratio_loss(settings, row)
    return {"verdict": verdict(criteria), "criteria": criteria}


def _ratio_loss(settings: Gate, row: Mapping[str, Any]) -> dict[str, Any]:
    change = row[RATIO]
    result = _loss(settings.max_approval_ratio_loss, change, -1)
    if min(row["count"].values()) < settings.min_group_size:
        return {**result, "result": INSUFFICIENT}
    if change["after"] is not None and change["after"] >= 1:
        return at_most(settings.max_approval_ratio_loss, 0.0)
    return result


def _loss(criterion: Criterion, change: Mapping[str, Any], worse: int) -> dict[str, Any]:
    if change["change"] is None:
        return at_most(criterion, None)
    loss, interval = worse * change["change"] + 0.0, change["interval"]  # + 0.0: no change is not "-0"
    return at_most(criterion, loss, interval and sorted(worse * end + 0.0 for end in interval))
