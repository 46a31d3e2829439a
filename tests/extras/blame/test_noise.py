import numpy as np
import pytest
from scipy.stats import norm, t

from takeback.extras.blame.attribution import half_widths, pooled_variance

DRAWS = {"data": np.random.default_rng(1).normal(0, 2, 50_000), "policy": np.zeros(50_000)}


def test_without_a_refit_the_interval_is_the_bootstraps_with_bonferroni():
    halves = half_widths(DRAWS, {"data": 2, "policy": 0}, [[1.0], [2.0]])
    assert halves["data"] == pytest.approx(2 * norm.ppf(1 - 0.05 / 4), rel=0.02)
    assert halves["policy"] == 0


def test_the_luck_of_a_fit_widens_the_interval():
    refits = [[1.0, 3.0], [2.0, 2.0]]
    halves = half_widths({"model": np.zeros(10)}, {"model": 2.0}, refits)
    assert halves["model"] == pytest.approx(np.sqrt(2 * 1.0) * t.ppf(0.975, 2))


def test_pooled_variance():
    assert pooled_variance([[1.0, 3.0], [5.0, 5.0, 8.0]]) == (pytest.approx((2 + 6) / 3), 3)
    assert pooled_variance([[1.0], []]) == (0.0, 0)


def test_with_no_effect_a_part_is_named_in_one_of_twenty():
    chance, named = np.random.default_rng(2), 0
    for _ in range(2000):
        seen, refits = chance.normal(0, np.sqrt(1 + 2 * 0.5)), chance.normal(0, np.sqrt(0.5), (2, 3))
        named += abs(seen) > half_widths({"m": np.array([-1.0, 1.0])}, {"m": 2}, refits.tolist())["m"]
    assert 0.03 < named / 2000 < 0.07
