"""The steps that can be to blame, mixtures of two settings, and the Shapley value of each step."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import combinations
from math import factorial
from typing import Any, TypeVar

PLAYERS = ("data", "features", "model", "policy", "code")
# What is in neither table takes no part in the metrics of the test part, such as the gate.
OWNERS = {
    "data": "data",
    "split": "data",
    "scenario": "data",
    "features": "features",
    "model": "model",
    "training": "model",
    "calibration": "model",
    "candidates": "model",
    "champion": "model",
    "policy": "policy",
}
OWNERS_WITHIN_DATA = {"derived": "features", "thin_file": "policy"}
Settings = Mapping[str, Any]
MOST_OF_A_LIST = 120  # characters


def mixed_settings(base: Settings, chosen: Mapping[str, Settings]) -> dict[str, Any]:
    """Take each player's part of params.yaml from the settings chosen for it, and the rest from the base.

    Parameters
    ----------
    base
        Settings, whose order of keys is kept.
    chosen
        For each player the settings to take its part from.
    """
    mixture = _mixed(base, chosen, OWNERS.get)
    inside = {player: settings["data"] for player, settings in chosen.items()}
    return {**mixture, "data": _mixed(base["data"], inside, _owner_within_data)}


def changed_settings(before: Settings, after: Settings) -> dict[str, list[str]]:
    """Return for each player what changed in its settings, in words; a player without a change is left out."""
    old, new = (dict(_leaves(settings, "")) for settings in (before, after))
    changes: dict[str, list[str]] = {}
    for path in dict.fromkeys([*old, *new]):
        owner = _owner(path)
        if owner and old.get(path) != new.get(path):
            changes.setdefault(owner, []).append(_words(path, old, new))
    return changes


def _mixed(base: Settings, chosen: Mapping[str, Settings], owner: Callable[[str], str | None]) -> dict[str, Any]:
    keys = dict.fromkeys([*base, *(key for settings in chosen.values() for key in settings)])
    sources = {key: chosen.get(owner(key) or "", base) for key in keys}
    return {key: source[key] for key, source in sources.items() if key in source}


def _owner_within_data(key: str) -> str:
    return OWNERS_WITHIN_DATA.get(key, "data")


def _owner(path: str) -> str | None:
    top, _, rest = path.partition(".")
    return _owner_within_data(rest.partition(".")[0]) if top == "data" else OWNERS.get(top)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the dotted path and the value of everything that is not a mapping."""
    if not isinstance(value, Mapping) or not value:
        yield path, value
        return
    for key, item in value.items():
        yield from _leaves(item, f"{path}.{key}" if path else str(key))


def _words(path: str, old: Settings, new: Settings) -> str:
    if path not in old:
        return f"{path} added: {_short(new[path])}"
    if path not in new:
        return f"{path} removed"
    if isinstance(old[path], list) and isinstance(new[path], list) and (items := _items(old[path], new[path])):
        return f"{path}: {items}"
    return f"{path} {_short(old[path])} -> {_short(new[path])}"


def _items(old: list[Any], new: list[Any]) -> str:
    """Say what came into a list and what went out of it; nothing if that is only another order."""
    came = [f"+{item}" for item in new if item not in old]
    went = [f"-{item}" for item in old if item not in new]
    return _short(", ".join([*came, *went]), MOST_OF_A_LIST)


def _short(value: Any, most: int = 40) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= most else f"{text[: most - 3]}..."


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
