"""Who is approved, referred and declined, by protected group, at the decision."""

from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, count, mean_prediction, selection_rate, true_positive_rate

from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores


def audit(contract: Contract, scores: Scores, bad: Array, groups: dict[str, Array]) -> dict[str, Any]:
    """Compare the groups of every protected attribute.

    Parameters
    ----------
    contract
        Names each attribute's reference group.
    scores
        PDs and decisions, each of shape (n,).
    bad
        Outcomes, shape (n,); 1 is a default.
    groups
        For each attribute every applicant's group, shape (n,), text; a missing value is the group ``unknown``.

    Returns
    -------
    dict
        Per attribute: the reference, the rates of each group, and the largest absolute gap in approval among good
        payers (equal opportunity; Hardt, Price and Srebro 2016) and among bad payers.
    """
    return {
        name: _attribute(scores, bad, members, contract.protected[name].reference) for name, members in groups.items()
    }


def _attribute(scores: Scores, bad: Array, members: Array, reference: str) -> dict[str, Any]:
    good = 1 - bad
    approved, referred = (scores.decision == 0).astype(int), (scores.decision == 1).astype(int)
    by_approval = _by_group(
        {"count": count, "approval_rate": selection_rate, "approval_rate_of_good": true_positive_rate},
        (good, approved, members),
    )
    by_approval["approval_rate_of_bad"] = _by_group({"r": true_positive_rate}, (bad, approved, members))["r"]
    by_approval["referral_rate"] = _by_group({"r": selection_rate}, (good, referred, members))["r"]
    by_approval["mean_pd"] = _by_group({"r": mean_prediction}, (good, scores.pd, members))["r"]
    by_approval["bad_rate"] = _by_group({"r": mean_prediction}, (good, bad, members))["r"]
    rows = {str(group): dict(row) for group, row in by_approval.iterrows()}
    base = rows.get(reference, {}).get("approval_rate")
    for row in rows.values():
        row["count"] = int(row["count"])
        row["approval_ratio"] = row["approval_rate"] / base if base else None
    return {"reference": reference, "groups": rows, "gaps": _gaps(by_approval)}


def _by_group(functions: dict[str, Any], data: tuple[Array, Array, Array]) -> pd.DataFrame:
    actual, predicted, members = data
    frame = MetricFrame(metrics=functions, y_true=actual, y_pred=predicted, sensitive_features=members)
    return frame.by_group


def _gaps(groups: pd.DataFrame) -> dict[str, float]:
    """Return the largest absolute difference between any two groups, never a signed sum."""
    names = ("approval_rate", "approval_rate_of_good", "approval_rate_of_bad")
    return {name: float(np.ptp(groups[name].dropna())) for name in names}
