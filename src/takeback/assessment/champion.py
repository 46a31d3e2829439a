"""Which candidate is packaged, and why the others are not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from takeback.assessment.bootstrap import REPLICATES, interval, replicate_weights
from takeback.assessment.metrics import METRICS
from takeback.config.params import Champion
from takeback.data.expressions import Array

HIGHER_IS_BETTER = {"auc", "gini", "ks", "average_precision", "profit_per_application"}


def choose(settings: Champion, candidates: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Choose the champion: the plainest candidate that is not worse than the best beyond what chance explains.

    Of those that a paired bootstrap cannot tell from the best by ``settings.metric``, or that are within
    ``settings.tolerance`` of it, the one that stands first in ``settings.prefer`` wins: of two that do the same, take
    the one that is easier to explain. What is not in ``settings.prefer`` stands behind it, in the order of
    ``candidates``.

    Parameters
    ----------
    settings
        The rule.
    candidates
        For each its scored table of the calibration part, all of the same applicants.

    Returns
    -------
    dict
        ``champion``, ``metric``; for each candidate its value in ``values``, how far it is ``behind`` the best (its
        ``value`` and 95% ``interval``), and in ``why`` the reason why it won or lost.
    """
    name = next(name for name in METRICS if name.partition(".")[2] == settings.metric)
    values = {candidate: float(METRICS[name].value(scored, None)) for candidate, scored in candidates.items()}
    sign = 1 if settings.metric in HIGHER_IS_BETTER else -1
    best = max(values, key=lambda candidate: sign * values[candidate])
    behind = _behind(name, sign, values, candidates, best)
    as_good = [
        candidate
        for candidate, by in behind.items()
        if by["value"] <= settings.tolerance or (by["interval"] and by["interval"][0] <= 0)
    ]
    order = [*settings.prefer, *(candidate for candidate in values if candidate not in settings.prefer)]
    champion = next(candidate for candidate in order if candidate in as_good)
    why = {candidate: _why(settings, champion, best, candidate, behind[candidate], as_good) for candidate in values}
    return {"champion": champion, "metric": settings.metric, "values": values, "behind": behind, "why": why}


def _behind(
    name: str, sign: int, values: Mapping[str, float], candidates: Mapping[str, pd.DataFrame], best: str
) -> dict[str, dict[str, Any]]:
    """Return how far each candidate is behind the best, with the interval of the paired difference."""
    weights = replicate_weights(candidates[best]["id"].to_numpy(), REPLICATES)
    with threadpool_limits(1):  # two threads would add in another order
        drawn = {candidate: _drawn(name, scored, weights) for candidate, scored in candidates.items()}
    return {
        candidate: {
            "value": sign * (values[best] - value),
            "interval": interval(sign * (drawn[best] - drawn[candidate])),
        }
        for candidate, value in values.items()
    }


def _drawn(name: str, scored: pd.DataFrame, weights: Array) -> Array:
    many = METRICS[name].many
    return np.full(len(weights), np.nan) if many is None else many(scored, weights)


def _why(settings: Champion, champion: str, best: str, name: str, behind: Mapping[str, Any], as_good: list[str]) -> str:
    between = "" if behind["interval"] is None else " ({:.4f} to {:.4f})".format(*behind["interval"])
    gap = f"{settings.metric} {behind['value']:.4f}{between} short of the best, {best}"
    if name == champion:
        return "best" if name == best else f"{gap}: as good as can be told, and preferred"
    if name in as_good:
        return "best, but not beyond what chance explains" if name == best else f"{gap}: as good as can be told"
    return gap
