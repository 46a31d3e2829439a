"""Who is approved, referred and declined, by protected group, at the decision."""

from itertools import combinations
from typing import Any

import numpy as np

from takeback.assessment.fairness_measures import GAPS, SUMS, largest_gap, measures, row_values
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

BOTH = " x "


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
        Per attribute: the reference, the measures of each group (see `takeback.assessment.fairness_measures.measures`;
        None where one is not defined), and the largest absolute gap in approval between any two groups, also among
        good payers (equal opportunity) and among bad payers.
    """
    values = row_values(scores.pd, scores.decision, bad)
    return {name: _compare(values, members, contract.protected[name].reference) for name, members in groups.items()}


def intersections(contract: Contract, scores: Scores, bad: Array, groups: dict[str, Array]) -> dict[str, Any]:
    """Compare the groups that every pair of attributes forms, such as ``under_25 x male`` of ``age x sex``.

    Two fair attributes can hide an unfair pair (Kearns, Neel, Roth and Wu 2018). Parameters and result as of `audit`;
    the reference belongs to the reference groups of both. A pair that nobody belongs to is left out.
    """
    values = row_values(scores.pd, scores.decision, bad)
    result = {}
    for pair in combinations(sorted(groups), 2):
        first, second = (np.asarray(groups[name]).astype(str) for name in pair)
        members = np.strings.add(np.strings.add(first, BOTH), second)
        reference = BOTH.join(contract.protected[name].reference for name in pair)
        result[BOTH.join(pair)] = _compare(values, members, reference)
    return result


def _compare(values: Array, members: Array, reference: str) -> dict[str, Any]:
    labels, sums = group_sums(values, members)
    base = sums[labels.index(reference)] if reference in labels else np.zeros(len(SUMS))
    measured = measures(sums, base)
    rows = {label: {name: _known(of[i]) for name, of in measured.items()} for i, label in enumerate(labels)}
    for label, size in zip(labels, sums[:, 0], strict=True):
        rows[label]["count"] = int(size)
    return {
        "reference": reference,
        "groups": rows,
        "gaps": {name: _known(largest_gap(measured[name])) for name in GAPS},
    }


def group_sums(values: Array, members: Array) -> tuple[list[str], Array]:
    """Return the groups that have members, sorted, and their sums of ``values``, shape (groups, k).

    Summed in the order of the rows, so that the number of threads does not show in the last bits.
    """
    labels, codes = np.unique(np.asarray(members).astype(str), return_inverse=True)
    sums = [np.bincount(codes, weights=column, minlength=len(labels)) for column in values.T]
    return labels.tolist(), np.column_stack(sums)


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
