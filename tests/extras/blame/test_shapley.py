from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.extras.blame.players import coalitions, noise_gain, shapley

NAMES = ("data", "features", "model", "policy")
NUMBERS = st.fractions(-10, 10, max_denominator=1000)


@st.composite
def games(draw, least=1):
    players = NAMES[: draw(st.integers(least, len(NAMES)))]
    return {coalition: draw(NUMBERS) for coalition in coalitions(players)}


def players_of(game):
    return sorted(frozenset().union(*game))


def by_permutations(game):
    """Return the mean marginal contribution over all orders, by walking through each."""
    parts = dict.fromkeys(players_of(game), Fraction(0))
    orders = [*permutations(parts)]
    for order in orders:
        for i, player in enumerate(order):
            parts[player] += game[frozenset(order[: i + 1])] - game[frozenset(order[:i])]
    return {player: part / len(orders) for player, part in parts.items()}


@given(games())
def test_is_the_mean_over_all_orders(game):
    assert shapley(game) == by_permutations(game)


@given(games())
def test_parts_sum_to_the_change_exactly(game):
    assert sum(shapley(game).values()) == game[frozenset(players_of(game))] - game[frozenset()]


@given(games(least=2))
def test_two_players_that_do_the_same_get_the_same(game):
    swap = {"data": "features", "features": "data"}
    same = {c: game[min(c, frozenset(swap.get(p, p) for p in c), key=sorted)] for c in game}
    assert shapley(same)["data"] == shapley(same)["features"]


@given(games())
def test_a_player_that_does_nothing_gets_nothing(game):
    null = {c: game[c - {"data"}] for c in game}
    assert shapley(null)["data"] == 0


@given(st.data())
def test_parts_of_a_sum_are_sums_of_parts(data):
    players = NAMES[:3]
    first, second = ({c: data.draw(NUMBERS) for c in coalitions(players)} for _ in range(2))
    both = shapley({c: first[c] + second[c] for c in first})
    assert both == {p: shapley(first)[p] + shapley(second)[p] for p in players}


@given(games())
def test_replicates_are_attributed_one_by_one(game):
    arrays = shapley({c: np.array([float(v), 2 * float(v)]) for c, v in game.items()})
    assert arrays.keys() == shapley(game).keys()
    for player, part in shapley(game).items():
        assert np.allclose(arrays[player], [float(part), 2 * float(part)], atol=1e-9)


def test_the_noise_of_a_fit_reaches_only_steps_that_change_the_fit():
    game = coalitions(("model", "policy"))
    assert noise_gain({c: str("model" in c) for c in game}) == {"model": 2, "policy": 0}
    # Four fits of their own: each marginal contribution has the noise of two, with weight 1/2.
    assert noise_gain({c: str(sorted(c)) for c in game}) == {"model": 1, "policy": 1}


def test_noise_gain_is_the_variance_that_a_simulation_shows():
    game = coalitions(("data", "model", "policy"))
    sources = {c: c - {"policy"} for c in game}
    noise = {source: np.random.default_rng(i).normal(size=20_000) for i, source in enumerate(set(sources.values()))}
    simulated = shapley({c: noise[sources[c]] for c in game})
    assert {player: part.var() for player, part in simulated.items()} == pytest.approx(noise_gain(sources), rel=0.05)
