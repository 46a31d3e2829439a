"""Shapley values of a game given by the value of every coalition."""

from collections.abc import Hashable, Mapping
from itertools import combinations
from math import factorial
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)


def coalitions(players: tuple[str, ...]) -> list[frozenset[str]]:
    """Return every subset of the players, smallest first."""
    return [frozenset(chosen) for size in range(len(players) + 1) for chosen in combinations(players, size)]


def shapley(values: Mapping[frozenset[str], Any]) -> dict[str, Any]:
    """Return each player's Shapley value (Shapley 1953): its mean marginal contribution over all orders of joining.

    ``sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))``. With fractions as values the parts sum to
    the change exactly.

    Parameters
    ----------
    values
        The value of every coalition, a number or an array of numbers, one per replicate.
    """
    players = sorted(frozenset().union(*values))
    parts = {}
    for player in players:
        without = [coalition for coalition in values if player not in coalition]
        parts[player] = sum(_orders(len(c), len(players)) * (values[c | {player}] - values[c]) for c in without)
    return {player: part / factorial(len(players)) for player, part in parts.items()}


def noise_gain(sources: Mapping[frozenset[str], Key]) -> dict[str, float]:
    """Return by how much each player's Shapley value multiplies the variance of independent noise in the values.

    Parameters
    ----------
    sources
        For each coalition where the noise of its value comes from; two of one source have the same noise, which
        cancels in their difference.
    """
    gains = dict.fromkeys(sorted(frozenset().union(*sources)), 0.0)
    for source in set(sources.values()):
        parts = shapley({coalition: float(own == source) for coalition, own in sources.items()})
        gains = {player: gain + parts[player] ** 2 for player, gain in gains.items()}
    return gains


def _orders(before: int, players: int) -> int:
    """Return in how many orders exactly these ``before`` players join before the next one."""
    return factorial(before) * factorial(players - before - 1)
