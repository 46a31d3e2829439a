"""What other thresholds would have earned."""

import numpy as np
import pandas as pd

from takeback.common.disclosure import few, joined
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import AS_OTHERS, REFER, profit, reviewed_share

POINTS = 41


def profit_surface(policy: Policy, scored: pd.DataFrame, least: int = 1) -> pd.DataFrame:
    """Return profit and referral rate over a grid of both thresholds.

    Parameters
    ----------
    policy
        The economics of a decision.
    scored
        See `takeback.assessment.scored`; with ``thin``, who is referred whatever the thresholds.
    least
        How many good payers, and how many bad ones, a step of the grid has to hold for a point of its own; before that
        it has the numbers of the point below. Thin files are left out if they are fewer.

    Returns
    -------
    pandas.DataFrame
        ``approve_below``, ``decline_from``, ``profit_per_application`` per unit of exposure and within capacity, and
        ``referral_rate``, for 41 evenly spaced PDs from 0 to 1 where ``approve_below <= decline_from``.
    """
    apart = scored["thin"] & (policy.thin_files != AS_OTHERS)
    thick = scored[~apart].sort_values("pd", kind="stable")
    pds, outcome = (thick[name].to_numpy(dtype=float) for name in ("pd", "bad"))
    approved, reviewed, late = (_running_total(policy, *of, outcome) for of in ((0, 1.0), (1, 1.0), (1, 0.0)))
    thin = scored.loc[apart & (policy.thin_files == REFER), "bad"].to_numpy(dtype=float)
    thin = thin[:0] if few([(thin == of).sum() for of in (0, 1)], least).any() else thin
    thin_earned = [profit(policy, np.ones(len(thin)), thin, of).sum() for of in (1.0, 0.0)]
    grid = np.round(np.linspace(0, 1, POINTS), 6)
    below = _far_enough(np.searchsorted(pds, grid, side="left"), outcome, least)  # how many have a smaller PD
    points = []
    for i, low in enumerate(below):
        for j, high in enumerate(below[i:], i):
            rate = float((high - low + len(thin)) / len(scored))
            share = reviewed_share(policy, rate)
            in_time, too_late = (
                total[high] - total[low] + of for total, of in zip((reviewed, late), thin_earned, strict=True)
            )
            earned = float((approved[low] + share * in_time + (1 - share) * too_late) / len(scored))
            points.append((float(grid[i]), float(grid[j]), earned, rate))
    return pd.DataFrame(points, columns=["approve_below", "decline_from", "profit_per_application", "referral_rate"])


def _running_total(policy: Policy, decision: int, reviewed: float, bad: Array) -> Array:
    """Return the profit of one decision on the k applicants with the lowest PDs, for each k, shape (n + 1,)."""
    return np.concatenate([[0.0], np.cumsum(profit(policy, np.full(len(bad), decision), bad, reviewed))])


def _far_enough(below: Array, outcome: Array, least: int) -> Array:
    """Move each place, a count of applicants, down to the last one with enough of them since the one before."""
    places = np.append(below, len(outcome))
    bads = np.append(0, np.cumsum(outcome))[places]
    bins = joined(np.diff(places - bads), np.diff(bads), least)
    cuts = np.append(0, places[1:][np.diff(bins, append=len(places)) > 0])
    return cuts[np.searchsorted(cuts, below, side="right") - 1]
