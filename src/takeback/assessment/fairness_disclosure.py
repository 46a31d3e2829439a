"""Which measures of a protected group, or of a pair of groups, may be shown; docs/privacy.md says it in words."""

import numpy as np

from takeback.assessment.fairness_measures import RATES, RATIOS, Sums
from takeback.common.disclosure import hidden_groups, hidden_pairs
from takeback.data.expressions import Array

# What each measure is hidden with; a ratio with its rate.
HIDDEN_WITH = {
    "count": "members",
    "pd_difference": "members",
    "calibration_gap": "outcomes",
    "calibration_odds": "outcomes",
    **{name: rate.hidden_with for name, rate in RATES.items()},
    **{name: RATES[rate].hidden_with for name, rate in RATIOS.items()},
}
# The people that must be enough, or nobody.
WHOLES = {"approved": "count", "approved_good": "good", "approved_bad": "bad"}
PARTS = {
    "members": ("count",),
    "approvals": ("approved", "not_approved"),
    "decisions": ("referred", "declined"),
    "outcomes": ("good", "bad"),
    "approvals_by_outcome": ("approved_good", "not_approved_good", "approved_bad", "not_approved_bad"),
}
# What of it is hidden because something else is.
GIVEN = {
    "members": (),
    "approvals": ("members",),
    "decisions": ("approvals",),
    "outcomes": ("members",),
    "approvals_by_outcome": ("approvals", "outcomes"),
}
COMPARED = (*RATIOS, "pd_difference")


def hidden(sums: Sums, least: int) -> dict[str, Array]:
    """Say of which groups or pairs of groups to hide who they are, and what is known of them.

    A rate is shown if nobody or ``least`` people stand behind it, and behind its complement; and if no smaller number
    follows from the rates of the other groups and of all.

    Parameters
    ----------
    sums
        What is counted of groups, each of shape (groups,), or (groups, groups) for the pairs of two attributes.
    least
        How many people a cell has to have.

    Returns
    -------
    dict
        For each of `PARTS` an array of shape (groups,) or (groups, groups). A bad rate of 0 or 1 tells of everybody,
        so outcomes need ``least`` good and as many bad payers.
    """
    of = {**sums, **{f"not_{part}": sums[whole] - sums[part] for part, whole in WHOLES.items()}}
    pairs = sums["count"].ndim == 2
    lines = [hidden({name: n.sum(axis=axis) for name, n in sums.items()}, least) for axis in (1, 0)] if pairs else []
    result: dict[str, Array] = {}
    for what, parts in PARTS.items():
        cells = np.stack([of[part] for part in parts], axis=-1)
        given = np.any([result[name] for name in GIVEN[what]], axis=0) if GIVEN[what] else None
        outcome = what == "outcomes"
        result[what] = (
            hidden_pairs(cells, least, lines[0][what], lines[1][what], given, outcome)
            if lines
            else hidden_groups(cells, least, given, outcome)
        )
    return result


def hidden_measures(secret: dict[str, Array], reference: int | None) -> dict[str, Array]:
    """Return by measure of which groups it is hidden, shape (groups,): a comparison also if the reference's part is.

    Parameters
    ----------
    secret
        As `hidden` returns it, of groups.
    reference
        The place of the reference group; None if it has no members.
    """
    result = {name: secret[what] for name, what in HIDDEN_WITH.items()}
    base = {name: reference is not None and bool(result[name][reference]) for name in COMPARED}
    return result | {name: result[name] | base[name] for name in COMPARED}
