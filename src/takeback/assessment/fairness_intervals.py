"""Intervals of every measure of every group."""

from itertools import pairwise

import numpy as np

from takeback.assessment.fairness_cells import cell_sums, cells_of, resampled_sums
from takeback.assessment.fairness_disclosure import hidden, hidden_measures
from takeback.assessment.fairness_measures import GAPS, SHARES, SUMS, largest_gap, measures, share
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

REPLICATES = 5000
LEVEL = 0.95
RATIOS = {"approval_rate": "approval_ratio", "approval_rate_of_good": "approval_ratio_of_good"}
Limits = list[float] | None


def fairness_intervals(
    contract: Contract,
    scores: Scores,
    bad: Array,
    groups: dict[str, Array],
    replicates: int = REPLICATES,
    seed: int = 0,
    least: int = 1,
) -> dict[str, Limits]:
    """Return the 95% interval of every number of an audit.

    Percentile intervals (Efron 1981) over resamples of the applicants with replacement. A rate of 0 or 1 does not vary
    among resamples; its interval, and that of its ratio, is the exact one (Clopper and Pearson 1934).

    Parameters
    ----------
    contract, scores, bad, groups
        As `takeback.assessment.fairness.audit` takes them.
    replicates, seed
        How many resamples, and what they start from.
    least
        As `takeback.assessment.fairness.audit` takes it. What is hidden has no interval.

    Returns
    -------
    dict
        Lower and upper limit by the names of `takeback.assessment.metric_names.flat_metrics`. None where so many
        resamples have no value, such as a ratio to a group of which nobody is approved, that they could hold a limit.
    """
    if not groups:
        return {}
    labels, codes = zip(*(np.unique(members, return_inverse=True) for members in groups.values()), strict=True)
    cells = cells_of(scores, bad, [*codes])
    once = cell_sums(cells, np.ones((1, len(bad))))
    drawn = resampled_sums(cells, replicates, seed)
    result: dict[str, Limits] = {}
    ends = np.cumsum([0, *map(len, labels)])
    for attribute, (start, end), names in zip(groups, pairwise(ends), labels, strict=True):
        reference = contract.protected[attribute].reference
        place = names.tolist().index(reference) if reference in names else None
        secret = hidden_measures(hidden(once[0, start:end], least), place)
        found = _of_attribute(names.tolist(), place, once[:, start:end], drawn[:, start:end], secret)
        result |= {f"{attribute}.{name}": limits for name, limits in found.items()}
    return result


def _of_attribute(
    groups: list[str], reference: int | None, once: Array, drawn: Array, secret: dict[str, Array]
) -> dict[str, Limits]:
    """Return the limits of one attribute from the sums once, (1, groups, 10), and drawn, (replicates, groups, 10)."""
    once_base, base = (_base(sums, reference) for sums in (once, drawn))
    measured = {name: np.where(secret[name], np.nan, values) for name, values in measures(drawn, base).items()}
    result = {f"{group}.{name}": _limits(of[:, i]) for i, group in enumerate(groups) for name, of in measured.items()}
    for i, (group, sums) in enumerate(zip(groups, once[0], strict=True)):
        ends = _at_an_end(sums, once_base[0, 0] * (i != reference))  # the reference's ratio to itself is no estimate
        result |= {f"{group}.{name}": limits for name, limits in ends.items() if result[f"{group}.{name}"]}
    return {**result, **{f"{name}_gap": _limits(largest_gap(measured[name])) for name in GAPS}}


def _base(sums: Array, reference: int | None) -> Array:
    return np.zeros_like(sums[:, :1]) if reference is None else sums[:, [reference]]


def _limits(values: Array) -> Limits:
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    known = values[np.isfinite(values)]
    if len(known) < tails[1] * len(values):
        return None
    return [float(limit) for limit in np.quantile(known, tails)]


def _at_an_end(sums: Array, base: Array) -> dict[str, list[float]]:
    """Return the exact interval of each rate that is 0 or 1, and of its ratio, the reference rate taken as known."""
    result: dict[str, list[float]] = {}
    for name, of in SHARES.items():
        part, whole = (sums[SUMS.index(which)] for which in of)
        if not whole or name == "mean_pd" or part not in (0, whole):
            continue
        tail = float(((1 - LEVEL) / 2) ** (1 / whole))
        result[name] = [tail, 1.0] if part else [0.0, 1 - tail]
        if name in RATIOS and (rate := float(share(name, base))) > 0:
            result[RATIOS[name]] = [limit / rate for limit in result[name]]
    return result
