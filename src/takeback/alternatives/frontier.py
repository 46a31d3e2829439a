"""Which alternatives no other one beats, and which of them is chosen."""

from collections.abc import Sequence
from typing import Any

from takeback.alternatives.trials import PROFIT, RATIO, Spread, Trial, spread


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


def finalists(trials: Sequence[Trial], limit: float, count: int) -> list[Trial]:
    """Return the trials to try again: the baseline, then the most profitable that promise the limit, then the frontier.

    At most half of ``count`` are from the first list. What is left over goes to the frontier by profit, and what is
    left over then to those with the highest ratio less one standard deviation.
    """
    points = [profit_and_ratio(trial.results) for trial in trials]
    known = [(trial, point) for trial, point in zip(trials, points, strict=True) if point is not None]
    by_profit = sorted(known, key=lambda pair: (-pair[1][0], pair[0].number))
    promising = [trial for trial, point in by_profit if point[1] >= limit][: (count + 1) // 2]
    unbeaten = [trials[i] for i in frontier(points)]
    safest = sorted((t for t, _ in known), key=lambda t: (-lower_ratio(spread(t.results, RATIO)), t.number))
    chosen = {trial.number: trial for trial in [trials[0], *promising, *unbeaten, *safest]}
    return list(chosen.values())[: count + 1]


def choose(finals: Sequence[Trial], limit: float) -> Trial | None:
    """Return the most profitable whose smallest approval ratio less one standard deviation is at least the limit.

    None if there is none. Equal profits: the one that was tried first.
    """
    safe = [trial for trial in finals if lower_ratio(spread(trial.results, RATIO)) >= limit]
    return max(safe, key=lambda trial: (spread(trial.results, PROFIT).mean or 0.0, -trial.number), default=None)
