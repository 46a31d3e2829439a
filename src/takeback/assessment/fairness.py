"""Who is approved, referred and declined, by protected group, at the decision."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from takeback.assessment.fairness_disclosure import hidden, hidden_measures
from takeback.assessment.fairness_measures import GAPS, SUMS, largest_gap, measures, row_values
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS
from takeback.decisions.scoring import Scores

BOTH, GROUP = " x ", "group_"


def audit(contract: Contract, scores: Scores, bad: Array, groups: dict[str, Array], least: int = 1) -> dict[str, Any]:
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
    least
        What is about fewer people, or gives such a figure away, is None; see
        `takeback.assessment.fairness_disclosure.hidden`.

    Returns
    -------
    dict
        Per attribute: the reference, the measures of each group (see `takeback.assessment.fairness_measures.measures`;
        None where one is not defined), and the largest absolute gap in approval between any two groups, also among
        good payers (equal opportunity) and among bad payers.
    """
    return audit_against({name: contract.protected[name].reference for name in groups}, scores, bad, groups, least)


def audit_against(
    references: Mapping[str, str], scores: Scores, bad: Array, groups: dict[str, Array], least: int = 1
) -> dict[str, Any]:
    """Return an `audit`, given the reference group of each attribute."""
    values = row_values(scores.pd, scores.decision, bad)
    result = {}
    for name, members in groups.items():
        labels, sums = group_sums(values, members)
        result[name] = _compare(labels, sums, references[name], hidden(sums, least))
    return result


def decided(scores: pa.Table) -> tuple[Scores, Array, dict[str, Array]]:
    """Return scores, outcomes and groups, as an audit takes them, from a table of ``data/scores``.

    The gate judges these: what its file, and the audit in Git, may not show is hidden afterwards.
    """
    decision = np.array([DECISIONS.index(name) for name in scores["decision"].to_pylist()])
    names = [name for name in scores.column_names if name.startswith(GROUP)]
    groups = {name.removeprefix(GROUP): np.array(scores[name].to_pylist(), dtype=str) for name in names}
    pd, bad = scores["pd"].to_numpy(), scores["bad"].to_numpy()
    return Scores(pd, np.zeros(len(pd), dtype=bool), decision), bad, groups


def intersections(
    contract: Contract, scores: Scores, bad: Array, groups: dict[str, Array], least: int = 1
) -> dict[str, Any]:
    """Compare the groups that every pair of attributes forms, such as ``under_25 x male`` of ``age x sex``.

    Two fair attributes can hide an unfair pair (Kearns, Neel, Roth and Wu 2018). Parameters and result as of `audit`;
    the reference belongs to the reference groups of both. A pair that nobody belongs to is left out.
    """
    values = row_values(scores.pd, scores.decision, bad)
    result = {}
    for pair in combinations(sorted(groups), 2):
        (rows, row), (columns, column) = (
            np.unique(np.asarray(groups[n]).astype(str), return_inverse=True) for n in pair
        )
        shape = len(rows), len(columns)
        sums = _sums(values, row * len(columns) + column, len(rows) * len(columns)).reshape(*shape, -1)
        there = sums[..., 0] > 0
        labels = np.strings.add(np.strings.add(rows, BOTH)[:, None], columns)[there].tolist()
        secret = {what: of[there] for what, of in hidden(sums, least).items()}
        reference = BOTH.join(contract.protected[name].reference for name in pair)
        result[BOTH.join(pair)] = _compare(labels, sums[there], reference, secret)
    return result


def _compare(labels: list[str], sums: Array, reference: str, secret: dict[str, Array]) -> dict[str, Any]:
    place = labels.index(reference) if reference in labels else None
    base = np.zeros(len(SUMS)) if place is None else sums[place]
    unknown = hidden_measures(secret, place)
    measured = {name: np.where(unknown[name], np.nan, of) for name, of in measures(sums, base).items()}
    rows = {label: {name: _known(of[i]) for name, of in measured.items()} for i, label in enumerate(labels)}
    for row in rows.values():
        row["count"] = None if row["count"] is None else int(row["count"])
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
    return labels.tolist(), _sums(values, codes, len(labels))


def _sums(values: Array, codes: Array, groups: int) -> Array:
    return np.column_stack([np.bincount(codes, weights=column, minlength=groups) for column in values.T])


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
