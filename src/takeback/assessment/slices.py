"""Where a model is wrong: the slices of applicants whose outcomes surprise it most, found and not listed by hand.

A lattice search over single conditions and pairs of them, after Slice Finder (Chung et al. 2019). A slice's log loss
is compared with the one that its own PDs promise: applicants near a PD of one half always have a high log loss, which
is no fault of the model. What is found on one part is measured on another, so that luck in the search shows.
"""

from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from takeback.assessment.bootstrap import interval, replicate_weights
from takeback.assessment.slice_conditions import Conditions, conditions
from takeback.common.disclosure import few, one_sided
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.preparation.parts import Part

MOST_SLICES = 10
MIN_SHARE, MIN_COUNT = 0.02, 50
FALSE_DISCOVERIES = 0.05
MOST_IN_COMMON = 0.5
REPLICATES = 500


class Slice(NamedTuple):
    """Positions of two conditions, the same twice for a single one; excess log loss, z and adjusted chance of it."""

    first: int
    second: int
    excess: float
    z: float
    chance: float


def worst_slices(
    contract: Contract, calibration: Part, calibration_pd: Array, test: Part, test_pd: Array, least: int = 1
) -> dict[str, Any]:
    """Find ten slices whose excess log loss on the calibration part is hardly luck; measure them on the test part.

    Parameters
    ----------
    contract
        The data contract.
    calibration, test
        Parts of n and m applicants.
    calibration_pd, test_pd
        Their PDs, of shape (n,) and (m,).
    least
        What the test part says of a slice with fewer applicants is None, and so it is if all others or all of another
        slice are as few more; so is what tells of outcomes if fewer are good or bad.

    Returns
    -------
    dict
        ``slices``, the largest excess on the calibration part first; ``tried``, how many were; ``overall_log_loss`` of
        the test part. The excess is the log loss less ``expected_log_loss``, its mean if every PD were right, with a
        95% interval by 500 replicates. ``passes`` says that the excess is more than luck, whatever the number tried.
    """
    cut = conditions(contract, calibration, test)
    loss, expected = _log_loss(calibration_pd, calibration.bad), _entropy(calibration_pd)
    with threadpool_limits(1):  # two threads would add in another order
        tried = _tried(cut, loss - expected, calibration_pd, calibration.bad.to_numpy(), least)
    rows, shown = [], [np.ones(len(test.bad), dtype=bool)]
    for found in sorted(_distinct(cut.found, tried), key=lambda found: -found.excess):
        inside, there = (hot[:, found.first] * hot[:, found.second] == 1 for hot in (cut.found, cut.measured))
        before = {"count": int(inside.sum()), "log_loss": float(loss[inside].mean()), "excess_log_loss": found.excess}
        before |= {"adjusted_p": found.chance, "passes": found.chance <= FALSE_DISCOVERIES}
        where = " and ".join(dict.fromkeys((cut.words[found.first], cut.words[found.second])))
        secret = any(_gives_away(there, other, least) for other in shown)
        shown += [] if secret else [there]
        rows.append({"where": where, "calibration": before, "test": _measured(test, test_pd, there, secret, least)})
    return {"slices": rows, "tried": len(tried), "overall_log_loss": float(_log_loss(test_pd, test.bad).mean())}


def _tried(cut: Conditions, surprise: Array, pd: Array, bad: Array, least: int) -> list[Slice]:
    """Return every single condition and every pair with good and bad payers enough, least likely to be luck first."""
    hot, clipped = cut.found, _clipped(pd)
    variance = clipped * (1 - clipped) * np.log(clipped / (1 - clipped)) ** 2  # of the log loss, if the PD is right
    every = np.ones(len(pd))
    count, bads, total, spread = (hot.T @ (hot * values[:, None]) for values in (every, bad, surprise, variance))
    tried = np.triu((cut.features[:, None] != cut.features) | np.eye(len(count), dtype=bool))
    tried &= (count >= max(MIN_COUNT, MIN_SHARE * len(pd))) & (spread > 0)
    tried &= ~one_sided(bads, count - bads, least) & ~few(len(pd) - count, least)
    # Rounded, so that the order of slices that hold the same applicants does not hang on a last bit.
    excess, z = (np.round(total[tried] / below, 9) for below in (count[tried], np.sqrt(spread[tried])))
    values = (*np.nonzero(tried), excess, z, _adjusted(z))
    slices = [Slice(*row) for row in zip(*(column.tolist() for column in values), strict=True)]
    return sorted(slices, key=lambda one: -one.z)


def _adjusted(z: Array) -> Array:
    """Return the chance of at least this excess if the PDs are right, adjusted for how many slices were tried.

    Spiegelhalter (1986) tests a Brier score so; Benjamini and Hochberg (1995) control the false discovery rate.
    """
    from scipy.stats import false_discovery_control, norm  # half a second that most users of this room do not need

    return false_discovery_control(norm.sf(z)) if len(z) else z


def _distinct(hot: Array, tried: list[Slice]) -> list[Slice]:
    """Keep slices that share at most half of their applicants (Jaccard index) with each one kept before.

    A pair is kept only if it is worse than each of its conditions alone, else it says no more than they do.
    """
    alone = {one.first: one.excess for one in tried if one.first == one.second}
    kept: list[Slice] = []
    masks: list[Array] = []
    for one in (one for one in tried if one.excess > 0):
        inside = hot[:, one.first] * hot[:, one.second] == 1
        both = (alone.get(condition, 0.0) for condition in (one.first, one.second))  # 0: nearly everybody, not tried
        worse = one.first == one.second or one.excess > max(both)
        if worse and all((inside & other).sum() <= MOST_IN_COMMON * (inside | other).sum() for other in masks):
            kept, masks = [*kept, one], [*masks, inside]
        if len(kept) == MOST_SLICES:
            break
    return kept


def _gives_away(one: Array, other: Array, least: int) -> bool:
    """Say whether one slice is too small, or has a few people more or less than another and all of the rest."""
    more, less, both = (int(mask.sum()) for mask in (one & ~other, other & ~one, one & other))
    return bool(few(more + both, least) or (not less and few(more, least)) or (not more and few(less, least)))


def _measured(part: Part, pd: Array, inside: Array, secret: bool, least: int) -> dict[str, Any]:
    names = ("count", "share", "log_loss", "expected_log_loss", "excess_log_loss", "mean_pd", "bad_rate", "interval")
    result: dict[str, Any] = dict.fromkeys(names)
    if secret:
        return result
    count, bad = int(inside.sum()), part.bad[inside].sum()
    result |= {"count": count, "share": float(inside.mean())}
    if not count:
        return result
    loss, expected = _log_loss(pd, part.bad)[inside], _entropy(pd)[inside]
    result |= {"expected_log_loss": expected.mean(), "mean_pd": pd[inside].mean()}
    if one_sided(bad, count - bad, least):
        return result
    weights = replicate_weights(part.ids[inside].tolist(), REPLICATES)
    total = weights.sum(axis=1)
    means = np.divide(
        (weights * (loss - expected)).sum(axis=1), total, out=np.full(REPLICATES, np.nan), where=total > 0
    )
    result |= {"log_loss": loss.mean(), "bad_rate": bad / count}
    return result | {"excess_log_loss": (loss - expected).mean(), "interval": interval(means)}


def _clipped(pd: Array) -> Array:
    return np.clip(pd, 1e-6, 1 - 1e-6)  # as `evaluation` does


def _log_loss(pd: Array, bad: Array) -> Array:
    return -np.log(np.where(bad == 1, _clipped(pd), 1 - _clipped(pd)))


def _entropy(pd: Array) -> Array:
    pd = _clipped(pd)
    return -pd * np.log(pd) - (1 - pd) * np.log(1 - pd)
