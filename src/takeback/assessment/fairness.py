"""Who is approved, referred and declined, by protected group, at the decision."""

from typing import Any

import numpy as np

from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

GAPS = ("approval_rate", "approval_rate_of_good", "approval_rate_of_bad")


def audit(contract: Contract, scores: Scores, bad: Array, groups: dict[str, Array]) -> dict[str, Any]:
    """Compare the groups of every protected attribute.

    Plain means over counts: fairlearn's MetricFrame gives the same numbers (a test), and takes most of a stage.

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
        Per attribute: the reference, the rates of each group, and the largest absolute gap in approval between any two
        groups, also among good payers (equal opportunity; Hardt, Price and Srebro 2016) and among bad payers.
    """
    return {
        name: _attribute(scores, bad, members, contract.protected[name].reference) for name, members in groups.items()
    }


def _attribute(scores: Scores, bad: Array, members: Array, reference: str) -> dict[str, Any]:
    rows = {str(group): _rates(scores, bad, members == group) for group in np.unique(members)}
    base = rows.get(reference, {}).get("approval_rate")
    for row in rows.values():
        # Adverse impact ratio, 29 CFR 1607.4 D.
        row["approval_ratio"] = row["approval_rate"] / base if base else None
    return {"reference": reference, "groups": rows, "gaps": {name: _gap(rows, name) for name in GAPS}}


def _rates(scores: Scores, bad: Array, inside: Array) -> dict[str, Any]:
    approved = scores.decision == 0
    return {
        "count": int(inside.sum()),
        "approval_rate": _mean(approved, inside),
        "approval_rate_of_good": _mean(approved, inside & (bad == 0)),
        "approval_rate_of_bad": _mean(approved, inside & (bad == 1)),
        "referral_rate": _mean(scores.decision == 1, inside),
        "mean_pd": _mean(scores.pd, inside),
        "bad_rate": _mean(bad, inside),
    }


def _mean(values: Array, rows: Array) -> float | None:
    return float(values[rows].mean()) if rows.any() else None


def _gap(rows: dict[str, dict[str, Any]], name: str) -> float | None:
    known = [row[name] for row in rows.values() if row[name] is not None]
    return max(known) - min(known) if known else None
