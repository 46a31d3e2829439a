"""What a champion has lost against that of the last release, beyond what chance explains."""

from collections.abc import Mapping
from typing import Any

from takeback.assessment.criteria import FAIL, INSUFFICIENT, at_most, verdict
from takeback.config.params import Criterion, Gate

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
        The changes since, as `takeback.compare.measures` gives them: of each metric, and of each group's rates.

    Returns
    -------
    dict
        ``verdict`` and ``criteria``, as `takeback.assessment.gate_verdict.judge` gives them. The value of a criterion
        is the loss; it fails if all of its interval is above the limit. What a group's approval ratio was above 1 is
        nothing to lose: towards 1 is towards parity. An attribute with another reference group than before is left
        out.
    """
    criteria = {limit: _loss(getattr(settings, limit), metrics[name], WORSE[name]) for name, limit in LIMITS.items()}
    for attribute, audit in fairness.items():
        references = {*audit["reference"].values()}
        for group, row in audit["groups"].items() if len(references) == 1 else ():
            if group not in references:
                criteria[f"max_approval_ratio_loss.{attribute}.{group}"] = _ratio_loss(settings, row)
    return {"verdict": verdict(criteria), "criteria": criteria}


def _ratio_loss(settings: Gate, row: Mapping[str, Any]) -> dict[str, Any]:
    change = row[RATIO]
    above_parity = max((change["before"] or 0.0) - 1, 0.0)
    result = _loss(settings.max_approval_ratio_loss, change, -1, above_parity)
    enough = min(row["count"].values()) >= settings.min_group_size
    return result if enough else {**result, "result": INSUFFICIENT}


def _loss(criterion: Criterion, change: Mapping[str, Any], worse: int, free: float = 0.0) -> dict[str, Any]:
    """Judge a change; ``free`` may be lost for nothing. Without an interval nothing fails: its absence is doubt."""
    if change["change"] is None:
        return at_most(criterion, None)

    def lost(by: float) -> float:
        return max(worse * by - free, 0.0) if free else worse * by + 0.0  # + 0.0: no change is not "-0"

    interval = change["interval"]
    result = at_most(criterion, lost(change["change"]), interval and sorted(map(lost, interval)))
    return {**result, "result": INSUFFICIENT} if interval is None and result["result"] == FAIL else result
