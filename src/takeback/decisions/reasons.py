"""Why an applicant was declined or referred, in the contract's words.

The effect of a reason is PD(x) - PD(x with the reason's columns at their baseline): had this been as usual, the PD
would have been that much lower. It is the same for every kind of model, and one column is part of one reason only,
so six months of one thing are one reason.
"""

import numpy as np

from takeback.data.contract import Contract
from takeback.data.encoding import matrix, take
from takeback.data.expressions import Array, Columns, Levels, evaluate
from takeback.data.fields import Reason
from takeback.decisions.policy import APPROVE, AS_OTHERS, DECISIONS, DECLINE
from takeback.decisions.scoring import Scorer, Scores, probability
from takeback.models.scorecard import Scorecard

MOST_REASONS = 4
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
        n tuples. A thin file says so first; a hand-written rule gives its own text; otherwise the reasons that raise
        the PD, by their effect. Who is declined has at least one, even if it raises nothing; who is referred and has
        none is told so.
    """
    rows = np.flatnonzero(scores.decision != DECISIONS.index(APPROVE))
    some = take(columns, rows)
    words, effect = effects(scorer, some, scores.pd[rows])
    declined = scores.decision[rows] == DECISIONS.index(DECLINE)
    reasons: list[tuple[str, ...]] = [()] * len(scores.pd)
    order = np.argsort(-effect, axis=1, kind="stable")
    thin_files = scores.thin[rows] & (scorer.thresholds.thin_files != AS_OTHERS)
    for row, ranking, sizes, thin, out in zip(rows, order, effect, thin_files, declined, strict=True):
        raising = [words[i] for i in ranking if sizes[i] > 0]
        first = [scorer.contract.thin_file.words] if thin else []
        none = words[ranking[0]] if out else NOTHING_STANDS_OUT
        reasons[row] = tuple([*first, *raising][:MOST_REASONS]) or (none,)
    return reasons


def baseline(contract: Contract, reason: Reason, columns: Columns) -> dict[str, Array]:
    """Return the columns with those of one reason set to what they are for a usual applicant."""
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


def _points(scorer: Scorer, columns: Columns) -> tuple[list[str], Array]:
    assert isinstance(scorer.model, Scorecard)
    inputs = matrix(scorer.contract, columns, scorer.model.inputs)
    rows = [(bins, inputs[:, position]) for position, bins in enumerate(scorer.model.bins.values())]
    points = [bins(values) - min(*bins.points, bins.missing) for bins, values in rows]
    return [bins.reason for bins, _ in rows], np.column_stack(points)
