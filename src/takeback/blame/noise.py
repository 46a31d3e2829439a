"""How much of a part chance explains: the applicants of the test part, and the luck of a fit."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import t

from takeback.data.expressions import Array

LEVEL = 0.95  # of all parts together: if no step has an effect, none is named in so many cases


def half_widths(
    draws: Mapping[str, Array], gains: Mapping[str, float], refits: Sequence[Sequence[float]]
) -> dict[str, float]:
    """Return half the width of each part's interval, all of which hold together with probability `LEVEL`.

    The variance is that of the bootstrap and that of a fit times its gain. The second is known from few refits, so the
    quantile is Student's with the degrees of freedom of Welch (1947) and Satterthwaite (1946), divided among the parts
    after Bonferroni.

    Parameters
    ----------
    draws
        The part of each player in every replicate of the bootstrap.
    gains
        By how much each part multiplies the variance of a fit, as `takeback.blame.shapley.noise_gain` gives it.
    refits
        Values of the metric that differ by the seed alone, in groups.
    """
    fit, freedom = pooled_variance(refits)
    level = 1 - (1 - LEVEL) / len(draws) / 2
    halves = {}
    for player, values in draws.items():
        chance, luck = float(np.nanvar(values)), fit * gains[player]
        effective = freedom * ((chance + luck) / luck) ** 2 if luck else np.inf
        halves[player] = float(t.ppf(level, effective)) * float(np.sqrt(chance + luck))
    return halves


def pooled_variance(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the variance within groups, and its degrees of freedom."""
    freedom = sum(len(group) - 1 for group in groups if group)
    squares = sum(float(np.square(np.asarray(group) - np.mean(group)).sum()) for group in groups if group)
    return (squares / freedom if freedom else 0.0), freedom
