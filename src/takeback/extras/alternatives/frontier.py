"""Which alternatives no other one beats, and which of them is chosen."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

from takeback.extras.alternatives.trials import PROFIT, RATIO, Spread, Trial, change, spread


def profit_and_ratio(results: Sequence[dict[str, Any]]) -> tuple[float, float] | None:
    """Return the means of profit and smallest approval ratio; None if one is not defined."""
    profit, ratio = spread(results, PROFIT).mean, spread(results, RATIO).mean
    return None if profit is None or ratio is None else (profit, ratio)


def lower_ratio(ratio: Spread) -> float:
    """Return the mean less one standard deviation; minus infinity if it is not defined."""
    return float("-inf") if ratio.mean is None or ratio.sd is None else ratio.mean - ratio.sd


def frontier(points: Sequence[tuple[float, float] | None]) -> list[int]:
    """Return the positions of the points that no other beats in both values, highest first value first.

    A point is beaten by one that is as large in both and larger in one (Pareto). Of equal points the first counts.
    """
    known = [(-point[0], -point[1], i) for i, point in enumerate(points) if point is not None]
    result, best = [], float("-inf")
    for _, negative, position in sorted(known):
        if -negative > best:
            result.append(position)
            best = -negative
    return result


def finalists(trials: Sequence[Trial], simpler: Sequence[Trial], limit: float, count: int) -> list[Trial]:
    """Return the baseline and ``count`` trials to try again.

    First the simpler forms of the best; then the most profitable that are safe by ``limit``, until half of ``count`` is
    taken; then the frontier by profit; then those with the highest ratio less one standard deviation.
    """
    points = [profit_and_ratio(trial.results) for trial in trials]
    known = [(trial, point) for trial, point in zip(trials, points, strict=True) if point is not None]
    by_profit = sorted(known, key=lambda pair: (-pair[1][0], pair[0].number))
    promising = [trial for trial, _ in by_profit if is_safe(trial, limit)][: max((count + 1) // 2 - len(simpler), 1)]
    unbeaten = [trials[i] for i in frontier(points)]
    safest = sorted((t for t, _ in known), key=lambda t: (-lower_ratio(spread(t.results, RATIO)), t.number))
    chosen = {trial.number: trial for trial in [trials[0], *simpler, *promising, *unbeaten, *safest]}
    return list(chosen.values())[: count + 1]


def choose(finals: Sequence[Trial], limit: float) -> Trial | None:
    """Return the one with the fewest changes among the safe ones that earn as much as the most profitable safe one.

    Safe: the smallest approval ratio less one standard deviation is at least the limit. As much: by no more than one
    standard error less, on the same resplits (Breiman, Friedman, Olshen and Stone 1984). None if nothing is safe.
    """
    best = most_profitable(finals, limit)
    if best is None:
        return None
    as_good = [trial for trial in finals if is_safe(trial, limit) and earns_as_much(trial, best)]
    return min(as_good, key=lambda trial: (trial.size, -(spread(trial.results, PROFIT).mean or 0.0), trial.number))


def most_profitable(trials: Sequence[Trial], limit: float) -> Trial | None:
    """Return the most profitable safe one, of equal ones the first; None if nothing is safe."""
    safe = [trial for trial in trials if is_safe(trial, limit)]
    return max(safe, key=lambda trial: (spread(trial.results, PROFIT).mean or 0.0, -trial.number), default=None)


def is_safe(trial: Trial, limit: float) -> bool:
    """Tell whether the smallest approval ratio less one standard deviation is at least the limit."""
    return lower_ratio(spread(trial.results, RATIO)) >= limit


def earns_as_much(trial: Trial, best: Trial) -> bool:
    """Tell whether the profit is by no more than one standard error less, on the same resplits."""
    difference = change(trial.results, best.results, PROFIT)
    if difference.mean is None or difference.sd is None:
        return False
    return difference.mean >= -difference.sd / sqrt(len(trial.results))
