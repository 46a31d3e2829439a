"""Are the reasons true? Tested by what approved applicants have in place of what a reason names.

The baselines choose the reasons, so they cannot judge them. What judges them is the joint data: an applicant gets the
named columns of several approved applicants, and the mean PD has to fall (Lundberg and Lee 2017 with an
interventional background; Janzing, Minorics and Bloebaum 2020). The same exchanges give each reason's Shapley value.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
from scipy.stats import rankdata

from takeback.common.disclosure import between, few, hidden_groups
from takeback.data.encoding import matrix, take
from takeback.data.expressions import Array, Columns
from takeback.decisions.policy import APPROVE, DECISIONS, DECLINE, REFER
from takeback.decisions.reasons import LEAST_EFFECT, NOTHING_STANDS_OUT, effects, has_own_reasons, worse_than_usual
from takeback.decisions.scoring import Scorer, Scores, probability
from takeback.models.scorecard import Scorecard

MOST_ROWS, DONORS, MOST_ORDERS = 300, 40, 24
PARTS = {"declined": DECLINE, "referred": REFER}


def audit_reasons(
    scorer: Scorer, columns: Columns, scores: Scores, given: Sequence[tuple[str, ...]], least: int = 1
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
    least
        What is about fewer applicants is None, and a reason that fewer get is left out.

    Returns
    -------
    dict
        For the declined and the referred how many they are, and the share ``with_reason``. Thin files aside, of which
        the model decides nothing, and who is told that nothing stands out: the share to whom the first reason is true
        (``top_is_true``: worse than the median of those approved in what it names) and whose mean PD falls with the
        named columns of approved applicants (``top_lowers_pd``). ``between`` is what a share lies that is not shown;
        ``frequency`` has each reason's share among them, and of the approved the share to whom it would apply;
        ``shapley`` how far the order of reasons agrees with that of their Shapley values, in a sample (None for a
        rule, whose reasons are its points).
    """
    lowers, true = _top_lowers_pd(scorer, columns, scores, given), _top_is_true(scorer, columns, given)
    some = np.array([bool(reasons) for reasons in given])
    told = np.array([bool(reasons) and reasons[0] != NOTHING_STANDS_OUT for reasons in given])
    parts = {name: scores.decision == DECISIONS.index(kind) for name, kind in PARTS.items()}
    result: dict[str, Any] = {}
    for name, inside in parts.items():
        decided = inside & ~scores.thin & (told | (name == "declined"))
        shares = {"with_reason": (some, inside), "top_is_true": (true, decided), "top_lowers_pd": (lowers, decided)}
        result[name] = _part(inside, shares, least)
    result["frequency"] = _frequency([reasons for reasons in given if reasons], least)
    approved = scores.decision == DECISIONS.index(APPROVE)
    _add_approved(result["frequency"], scorer, columns, scores, approved, least)
    result["shapley"] = (
        None
        if has_own_reasons(scorer)
        else {
            name: _agreement(scorer, columns, scores, np.flatnonzero(inside & ~scores.thin), least)
            for name, inside in parts.items()
        }
    )
    return result


def exchanged(scorer: Scorer, columns: Columns, donors: Columns, names: Sequence[str]) -> Array:
    """Return the mean PD of each applicant with some columns of each of the donors, shape (n,).

    Parameters
    ----------
    scorer
        What scores them.
    columns, donors
        Checked columns of n applicants, and of those who give theirs.
    names
        The columns that are exchanged, jointly.
    """
    n, m = (len(next(iter(each.values()))) for each in (columns, donors))
    mixed = {
        name: np.tile(donors[name], n) if name in names else np.repeat(values, m) for name, values in columns.items()
    }
    return probability(scorer, mixed).reshape(n, m).mean(axis=1)


def shapley_values(scorer: Scorer, columns: Columns, donors: Columns, groups: Sequence[Sequence[str]]) -> Array:
    """Return what each group of columns adds to the PD of each applicant beside the donors', shape (n, groups).

    Shapley values (Shapley 1953) of the mean PD with what is not yet known exchanged for the donors'; exact for up to
    four groups, and of more the mean over `MOST_ORDERS` orders drawn at random.
    """
    known: dict[frozenset[int], Array] = {}

    def worth(inside: frozenset[int]) -> Array:
        if inside not in known:
            outside = [name for i, group in enumerate(groups) if i not in inside for name in group]
            known[inside] = exchanged(scorer, columns, donors, outside)
        return known[inside]

    values = np.zeros((len(next(iter(columns.values()))), len(groups)))
    orders = _orders(len(groups))
    for order in orders:
        for place, group in enumerate(order):
            before = frozenset(order[:place])
            values[:, group] += worth(before | {group}) - worth(before)
    return values / len(orders)


def _orders(groups: int) -> list[tuple[int, ...]]:
    if factorial(groups) <= MOST_ORDERS:
        return [*permutations(range(groups))]
    random = np.random.default_rng(0)
    return [tuple(random.permutation(groups).tolist()) for _ in range(MOST_ORDERS)]


def _donors(columns: Columns, scores: Scores) -> Columns:
    """Return some of the approved, evenly over them; of everybody where nobody is."""
    approved = np.flatnonzero((scores.decision == DECISIONS.index(APPROVE)) & ~scores.thin)
    return take(columns, _evenly(approved if len(approved) else np.arange(len(scores.pd)), DONORS))


def _evenly(rows: Array, most: int) -> Array:
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))] if len(rows) else rows


def _top_lowers_pd(scorer: Scorer, columns: Columns, scores: Scores, given: Sequence[tuple[str, ...]]) -> Array:
    """Tell for each applicant whether the PD falls with what the approved have for the first reason, shape (n,)."""
    first = np.array([reasons[0] if reasons else "" for reasons in given])
    if has_own_reasons(scorer):
        return _without_points(scorer, columns, first) < scores.pd
    lowers, donors = np.zeros(len(first), dtype=bool), _donors(columns, scores)
    for reason in scorer.contract.reasons.values():
        rows = np.flatnonzero((first == reason.words) & ~scores.thin)
        lowers[rows] = exchanged(scorer, take(columns, rows), donors, [*reason.baseline]) < scores.pd[rows]
    return lowers


def _top_is_true(scorer: Scorer, columns: Columns, given: Sequence[tuple[str, ...]]) -> Array:
    """Tell of each applicant whether the first reason is true of the person, shape (n,)."""
    true = dict(zip(_words(scorer), worse_than_usual(scorer, columns).T, strict=True))
    return np.array(
        [bool(reasons) and bool(true.get(reasons[0], [False] * len(given))[i]) for i, reasons in enumerate(given)]
    )


def _words(scorer: Scorer) -> list[str]:
    if has_own_reasons(scorer):
        assert isinstance(scorer.model, Scorecard)
        return [bins.reason for bins in scorer.model.bins.values()]
    return [reason.words for reason in scorer.contract.reasons.values()]


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


def _add_approved(
    frequency: list[dict[str, Any]], scorer: Scorer, columns: Columns, scores: Scores, approved: Array, least: int
) -> None:
    """Add to each reason the share of the approved who would get it if they were declined."""
    rows = np.flatnonzero(approved)
    some = take(columns, rows)
    words, effect = effects(scorer, some, scores.pd[rows])
    would = dict(
        zip(words, ((effect >= LEAST_EFFECT) & worse_than_usual(scorer, some)).sum(axis=0).tolist(), strict=True)
    )
    for row in frequency:
        count = would.get(row["words"])
        shown = count is not None and len(rows) and not few([count, len(rows) - count], least).any()
        row["approved"] = count / len(rows) if shown and count is not None else None


def _agreement(scorer: Scorer, columns: Columns, scores: Scores, rows: Array, least: int) -> dict[str, Any]:
    """Compare the order of reasons with that of their Shapley values, among those who have a true one."""
    rows = _evenly(rows, MOST_ROWS) if not few(len(rows), least) else rows[:0]
    nothing = {"rows": 0, "top_agrees": None, "rank_correlation": None}
    if not len(rows):
        return nothing
    some = take(columns, rows)
    _, ours = effects(scorer, some, scores.pd[rows])
    true = worse_than_usual(scorer, some) & (ours >= LEAST_EFFECT)
    groups = [[*reason.baseline] for reason in scorer.contract.reasons.values()]
    theirs = shapley_values(scorer, some, _donors(columns, scores), groups)
    told = true.any(axis=1)
    if few(told.sum(), least) or not told.any():
        return nothing
    first = np.where(true, ours, -np.inf).argmax(axis=1) == np.where(true, theirs, -np.inf).argmax(axis=1)
    correlation = _rank_correlation(ours[told], theirs[told])
    known = correlation[np.isfinite(correlation)]
    return {
        "rows": int(told.sum()),
        "top_agrees": float(first[told].mean()),
        "rank_correlation": float(known.mean()) if len(known) else None,
    }


def _rank_correlation(one: Array, other: Array) -> Array:
    """Return Spearman's correlation of each row of two matrices, shape (n,); NaN where a row has one value only."""
    a, b = (rankdata(values, axis=1) for values in (one, other))
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    below = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), below, out=np.full(len(a), np.nan), where=below > 0)
