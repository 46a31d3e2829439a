"""How far metrics and fairness moved, and how much of that may be chance."""

from math import isclose
from typing import Any, NamedTuple

import pandas as pd

from takeback.assessment.bootstrap import interval, resampled
from takeback.assessment.metrics import METRICS
from takeback.common.errors import UserError
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import profit_within_capacity

RATES = ("approval_rate", "approval_ratio")
PROFIT = "decision.profit_per_application"
MONEY = (PROFIT, "decision.profit_per_amount")


class MeasuredChange(NamedTuple):
    """A candidate on its test part: metrics by dotted name, audit, scores (None: not there), bootstrap weights."""

    name: str
    metrics: dict[str, float | None]
    fairness: dict[str, Any]
    scores: pd.DataFrame | None
    weights: Array

    @property
    def references(self) -> dict[str, str]:
        """The reference group of each attribute."""
        return {attribute: audit["reference"] for attribute, audit in self.fairness.items()}


def repriced(measured: MeasuredChange, policy: Policy) -> MeasuredChange:
    """Return a candidate with the profit that its decisions make at a policy; as it is, if there are no scores."""
    if (scores := measured.scores) is None or not {"pd", "amount"} <= {*scores}:
        return measured
    decisions, bad = scores["decision"].cat.codes.to_numpy(), scores["bad"].to_numpy()
    scores = scores.assign(profit=profit_within_capacity(policy, decisions, bad))
    money = {name: float(METRICS[name].value(scores, None)) for name in MONEY}
    moved = {
        name: value
        for name, value in money.items()
        if not isclose(value, measured.metrics.get(name) or 0.0, rel_tol=1e-8)
    }
    return measured._replace(metrics={**measured.metrics, **moved}, scores=scores)


def money_changes(before: MeasuredChange, after: MeasuredChange, policy: Policy) -> dict[str, Any]:
    """Take what another policy did to the profit per application apart from what other decisions did.

    Returns
    -------
    dict
        ``before`` and ``after`` as each release says, ``before_at_policy``: the earlier decisions priced at the later
        policy. From the first to the third is the policy's part, from there to the second the decisions'. None where
        a number cannot be had.
    """
    at_policy = repriced(before, policy).metrics.get(PROFIT) if before.scores is not None else None
    return {"before": before.metrics.get(PROFIT), "before_at_policy": at_policy, "after": after.metrics.get(PROFIT)}


def metric_changes(before: MeasuredChange, after: MeasuredChange) -> dict[str, Any]:
    """Compare the metrics of two candidates, each on the test part of its revision, by dotted name; see `change`."""
    known = {*before.metrics, *after.metrics} - {"ranking.gini"}  # it is 2 AUC - 1
    names = [name for name in METRICS if name in known]
    return {name: change(name, before, after) for name in names}


def fairness_changes(before: MeasuredChange, after: MeasuredChange) -> dict[str, Any]:
    """Compare approval by group of two candidates.

    Returns
    -------
    dict
        Per attribute: the ``reference`` before and after, the change of the largest ``gap`` in approval, and for each
        group its ``count`` before and after and the changes of ``approval_rate`` and ``approval_ratio``.
    """
    attributes = dict.fromkeys([*before.fairness, *after.fairness])
    return {attribute: _attribute(attribute, before, after) for attribute in attributes}


def change(name: str, before: MeasuredChange, after: MeasuredChange) -> dict[str, Any]:
    """Return a metric ``before`` and ``after``, the ``change``, and its 95% ``interval``.

    The interval is that of a paired Poisson bootstrap over applicants: whoever is in both test parts has the same
    weight in both. It is None where there are no scores or the metric is not defined.
    """
    was, now = before.metrics.get(name), after.metrics.get(name)
    result = {"before": was, "after": now, "change": None, "interval": None}
    if was is None or now is None:
        return result
    return {**result, "change": now - was, "interval": _interval(name, before, after)}


def _interval(name: str, before: MeasuredChange, after: MeasuredChange) -> tuple[float, float] | None:
    if before.scores is None or after.scores is None:
        return None
    if before.scores.equals(after.scores) and before.references == after.references:
        return 0.0, 0.0
    try:
        was, now = (resampled(name, side.scores, side.weights, side.references) for side in (before, after))
    except UserError:  # a measure that an older or newer revision has, and this code does not
        return None
    count = min(len(was), len(now))
    return interval(now[:count] - was[:count])


def _attribute(attribute: str, before: MeasuredChange, after: MeasuredChange) -> dict[str, Any]:
    sides = {"before": before.fairness.get(attribute), "after": after.fairness.get(attribute)}
    groups = dict.fromkeys(group for audit in sides.values() if audit for group in audit["groups"])
    counts = {
        key: {g: row["count"] for g, row in (audit or {"groups": {}})["groups"].items()} for key, audit in sides.items()
    }
    return {
        "reference": {key: audit and audit["reference"] for key, audit in sides.items()},
        "gap": change(f"{attribute}.approval_rate_gap", before, after),
        "groups": {
            group: {
                "count": {key: counts[key].get(group, 0) for key in sides},
                **{rate: change(f"{attribute}.{group}.{rate}", before, after) for rate in RATES},
            }
            for group in groups
        },
    }
