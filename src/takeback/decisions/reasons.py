"""Why an applicant was declined or referred, in the contract's words.

The effect of a reason is PD(x) - PD(x with the reason's columns at their baseline): had this been as it could have
been, the PD would have been that much lower. It is the same for every kind of model, and one column is part of one
reason only, so six months of one thing are one reason.

A reason also has to be true of the person: it is given only to who is worse than the median of those approved in what
it names. Else half of those approved would meet the same words.
"""

from collections.abc import Mapping

import numpy as np

from takeback.data.contract import Contract
from takeback.data.encoding import matrix, take
from takeback.data.expressions import Array, Columns, Levels, evaluate
from takeback.data.fields import Reason
from takeback.decisions.policy import APPROVE, AS_OTHERS, DECISIONS, DECLINE
from takeback.decisions.scoring import Scorer, Scores, probability
from takeback.models.scorecard import Scorecard

MOST_REASONS = 4
SIDES = {"higher": 1, "lower": -1}
LEAST_EFFECT = 0.005  # of a PD; what does less is noise, and a column of noise is named by it
DIGITS = 8  # as a file keeps them: who is exactly at the median is not beyond it
NOTHING_STANDS_OUT = "Nothing stands out, an analyst decides"


def explain(scorer: Scorer, columns: Columns, scores: Scores) -> list[tuple[str, ...]]:
    """Return up to four reasons for each applicant who is not approved, most important first.

    Parameters
    ----------
    scorer
        What scored them.
    columns
        Checked columns, each of shape (n,).
    scores
        Their scores.

    Returns
    -------
    list of tuple of str
        n tuples. A thin file says so first; a hand-written rule gives its own text; otherwise the reasons that are true
        of the person and raise the PD by `LEAST_EFFECT` or more, by their effect. Who is declined has at least one: if
        there is none the one that raises the PD most, be it true or not, or by less. Who is referred and has none is
        told so.
    """
    rows = np.flatnonzero(scores.decision != DECISIONS.index(APPROVE))
    some = take(columns, rows)
    words, effect = effects(scorer, some, scores.pd[rows])
    true = worse_than_usual(scorer, some)
    declined = scores.decision[rows] == DECISIONS.index(DECLINE)
    reasons: list[tuple[str, ...]] = [()] * len(scores.pd)
    raises = effect >= LEAST_EFFECT if scorer.usual else effect > 0  # earlier releases gave every reason
    order = np.lexsort((-effect, ~(true & (effect > 0)), ~raises, ~(true & raises)))
    thin_files = scores.thin[rows] & (scorer.thresholds.thin_files != AS_OTHERS)
    for i, row in enumerate(rows):
        raising = [words[k] for k in order[i] if raises[i, k] and true[i, k]]
        first = [scorer.contract.thin_file.words] if thin_files[i] else []
        none = words[order[i, 0]] if declined[i] else NOTHING_STANDS_OUT
        reasons[row] = tuple([*first, *raising][:MOST_REASONS]) or (none,)
    return reasons


def usual(scorer: Scorer, columns: Columns, scores: Scores) -> dict[str, float]:
    """Return the median of what each reason names, higher being worse, among those approved.

    Where nobody is approved it is that of those who are not declined, and of everybody where all are. A reason without
    a measure, or whose measure nobody has, is left out.
    """
    kinds = (scores.decision == DECISIONS.index(APPROVE), scores.decision != DECISIONS.index(DECLINE))
    among = next((kind for kind in kinds if kind.any()), np.ones(len(scores.pd), bool))
    found = {name: values[among & ~np.isnan(values)] for name, values in _named(scorer, columns).items()}
    return {name: float(np.median(values)) for name, values in found.items() if len(values)}


def worse_than_usual(scorer: Scorer, columns: Columns) -> Array:
    """Tell for each applicant and reason whether it is true of the person, shape (n, k), bool.

    It is if the applicant is worse than `usual` in what it names. A reason that nothing is known of counts as true.
    """
    named = _named(scorer, columns)
    keys = list(_rules(scorer)) if has_own_reasons(scorer) else list(scorer.contract.reasons)
    n = len(next(iter(columns.values())))
    true = [named[key] > scorer.usual[key] if key in scorer.usual else np.ones(n, bool) for key in keys]
    return np.column_stack(true)


def measured(scorer: Scorer) -> list[str]:
    """Return the names of the reasons that can be held against `usual`; of a rule all its features."""
    if has_own_reasons(scorer):
        return list(_rules(scorer))
    return [name for name, reason in scorer.contract.reasons.items() if reason.measure is not None]


def _named(scorer: Scorer, columns: Columns) -> dict[str, Array]:
    """Return what each reason with a measure names, as numbers of which higher is worse; of a rule its points."""
    if has_own_reasons(scorer):
        return dict(zip(_rules(scorer), _points(scorer, columns)[1].T, strict=True))
    reasons = scorer.contract.reasons.items()
    return {
        name: np.round(evaluate(reason.measure, columns, scorer.contract.levels) * SIDES[reason.worse], DIGITS)
        for name, reason in reasons
        if reason.measure is not None
    }


def baseline(contract: Contract, reason: Reason, columns: Columns) -> dict[str, Array]:
    """Return the columns with those of one reason set to what they could have been."""
    levels = contract.levels
    usual = {name: _usual(levels, columns, name, text) for name, text in reason.baseline.items()}
    return {**columns, **usual}


def _usual(levels: Levels, columns: Columns, name: str, text: str) -> Array:
    if name not in levels:
        return evaluate(text, columns, levels)
    return np.full(len(columns[name]), float(levels[name].index(text)))


def effects(scorer: Scorer, columns: Columns, pd: Array) -> tuple[list[str], Array]:
    """Return the words of k reasons, and how much each raises the PD of each applicant, shape (n, k).

    For a hand-written rule it is the points above the fewest that the feature can give.
    """
    if has_own_reasons(scorer):
        return _points(scorer, columns)
    groups = scorer.contract.reasons.values()
    lowered = [probability(scorer, baseline(scorer.contract, group, columns)) for group in groups]
    return [group.words for group in groups], pd[:, None] - np.column_stack(lowered)


def has_own_reasons(scorer: Scorer) -> bool:
    """Tell whether the model is a hand-written rule, whose features have words of their own."""
    return isinstance(scorer.model, Scorecard) and any(bins.reason for bins in scorer.model.bins.values())


def _rules(scorer: Scorer) -> Mapping[str, object]:
    assert isinstance(scorer.model, Scorecard)
    return scorer.model.bins


def _points(scorer: Scorer, columns: Columns) -> tuple[list[str], Array]:
    assert isinstance(scorer.model, Scorecard)
    inputs = matrix(scorer.contract, columns, scorer.model.inputs)
    rows = [(bins, inputs[:, position]) for position, bins in enumerate(scorer.model.bins.values())]
    points = [bins(values) - min(*bins.points, bins.missing) for bins, values in rows]
    return [bins.reason for bins, _ in rows], np.column_stack(points)
