"""Are the reasons true? Tested by intervention, and compared with TreeSHAP where there are trees."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata

from takeback.common.disclosure import between, few, hidden_groups
from takeback.data.contract import Contract
from takeback.data.encoding import feature_of, matrix, take
from takeback.data.expressions import Array, Columns, names
from takeback.decisions.policy import DECISIONS, DECLINE, REFER
from takeback.decisions.reasons import baseline, effects, has_own_reasons
from takeback.decisions.scoring import Scorer, Scores, probability
from takeback.models.scorecard import Scorecard

MOST_ROWS = 500  # TreeSHAP of a forest takes two milliseconds a row
PARTS = {"declined": DECLINE, "referred": REFER}
Contributions = Callable[[Array], Array]


def audit_reasons(
    scorer: Scorer,
    columns: Columns,
    scores: Scores,
    given: Sequence[tuple[str, ...]],
    tree_shap: Contributions | None,
    least: int = 1,
) -> dict[str, Any]:
    """Measure the reasons that applicants would be given.

    Parameters
    ----------
    scorer
        What scored them.
    columns
        Checked columns, each of shape (n,).
    scores
        Their scores.
    given
        The reasons of each applicant, n tuples, as `takeback.decisions.reasons.explain` gives them.
    tree_shap
        TreeSHAP of a matrix, as `takeback.models.export.tree_contributions` gives it; None for a model without trees.
    least
        What is about fewer applicants is None, and a reason that fewer get is left out.

    Returns
    -------
    dict
        For the declined and the referred how many they are, the share ``with_reason`` and the share whose first reason,
        set to its baseline, lowers the PD (``top_lowers_pd``; thin files aside, of which the model decides nothing),
        and ``between`` what a share lies that is not shown; ``frequency`` of each reason among them; and how far
        ``tree_shap`` agrees.
    """
    lowers = _top_lowers_pd(scorer, columns, scores, given)
    some = np.array([bool(reasons) for reasons in given])
    parts = {name: scores.decision == DECISIONS.index(kind) for name, kind in PARTS.items()}
    result: dict[str, Any] = {
        name: _part(inside, {"with_reason": (some, inside), "top_lowers_pd": (lowers, inside & ~scores.thin)}, least)
        for name, inside in parts.items()
    }
    result["frequency"] = _frequency([reasons for reasons in given if reasons], least)
    rows = np.flatnonzero((scores.decision != 0) & ~scores.thin)
    rows = rows[:0] if few(len(rows), least) else rows
    result["tree_shap"] = tree_shap and _agreement(scorer, columns, scores, rows, tree_shap)
    return result


def shares_of_reasons(contract: Contract, inputs: Sequence[str]) -> Array:
    """Return how much of each input belongs to each reason, shape (inputs, reasons).

    A reason has the columns that its baseline moves. A derived feature is divided equally among the reasons that have
    a column which it reads. An input of no reason has zeros.
    """
    reads = [names(contract.derived[f].expression) if f in contract.derived else {f} for f in map(feature_of, inputs)]
    moved = [set(reason.baseline) for reason in contract.reasons.values()]
    belongs = np.array([[bool(columns & own) for own in moved] for columns in reads], dtype=float)
    return belongs / np.maximum(belongs.sum(axis=1, keepdims=True), 1)


def _top_lowers_pd(scorer: Scorer, columns: Columns, scores: Scores, given: Sequence[tuple[str, ...]]) -> Array:
    """Tell for each applicant whether the PD falls when the first reason no longer holds, shape (n,), bool."""
    first = np.array([reasons[0] if reasons else "" for reasons in given])
    if has_own_reasons(scorer):
        return _without_points(scorer, columns, first) < scores.pd
    lowers = np.zeros(len(first), dtype=bool)
    for reason in scorer.contract.reasons.values():
        rows = np.flatnonzero(first == reason.words)
        some = take(columns, rows)
        lowers[rows] = probability(scorer, baseline(scorer.contract, reason, some)) < scores.pd[rows]
    return lowers


def _without_points(scorer: Scorer, columns: Columns, first: Array) -> Array:
    """Return the PD of a rule's total less the points, above the fewest possible, that the first reason stands for."""
    rule = scorer.model
    assert isinstance(rule, Scorecard)
    inputs = matrix(scorer.contract, columns, rule.inputs)
    total = rule.margin(inputs)
    for position, bins in enumerate(rule.bins.values()):
        spared = bins(inputs[:, position]) - min(*bins.points, bins.missing)
        total = total - np.where(first == bins.reason, spared, 0)
    return scorer.calibrator(total)


def _part(inside: Array, shares: dict[str, tuple[Array, Array]], least: int) -> dict[str, Any]:
    """Return how many are inside, and of how many of a part of them something is true."""
    result: dict[str, Any] = {"count": None if few(inside.sum(), least) else int(inside.sum())}
    for name, (true, of) in shares.items():
        part, whole = int(true[of].sum()), int(of.sum())
        unknown = result["count"] is None or few([whole, inside.sum() - whole], least).any()
        ends = None if unknown else between(part, whole, least)
        result[name] = None if unknown or ends or not whole else part / whole
        if ends:
            result.setdefault("between", {})[name] = [end / whole for end in ends]
    return result


def _frequency(given: Sequence[tuple[str, ...]], least: int) -> list[dict[str, Any]]:
    first = Counter(reasons[0] for reasons in given)
    anywhere = Counter(words for reasons in given for words in set(reasons))
    ordered = sorted(anywhere, key=lambda words: (-anywhere[words], words))
    secret = dict(zip(ordered, hidden_groups([first[words] for words in ordered], least), strict=True))
    return [
        {
            "words": words,
            "first": None if secret[words] else first[words] / len(given),
            "any": None if few(len(given) - anywhere[words], least) else anywhere[words] / len(given),
        }
        for words in ordered
        if not few(anywhere[words], least)
    ]


def _agreement(
    scorer: Scorer, columns: Columns, scores: Scores, rows: Array, tree_shap: Contributions
) -> dict[str, Any]:
    """Compare the order of reasons with that of TreeSHAP, on applicants evenly over those who are not approved."""
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(MOST_ROWS, len(rows))).astype(int))] if len(rows) else rows
    if not len(rows):
        return {"rows": 0, "top_agrees": None, "rank_correlation": None}
    some = take(columns, rows)
    _, ours = effects(scorer, some, scores.pd[rows])
    theirs = tree_shap(matrix(scorer.contract, some, scorer.model.inputs)).astype(float)
    theirs = theirs @ shares_of_reasons(scorer.contract, scorer.model.inputs)
    correlation = _rank_correlation(ours, theirs)
    known = correlation[np.isfinite(correlation)]
    agrees = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    return {"rows": len(rows), "top_agrees": agrees, "rank_correlation": float(known.mean()) if len(known) else None}


def _rank_correlation(one: Array, other: Array) -> Array:
    """Return Spearman's correlation of each row of two matrices, shape (n,); NaN where a row has one value only."""
    a, b = (rankdata(values, axis=1) for values in (one, other))
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    below = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), below, out=np.full(len(a), np.nan), where=below > 0)
