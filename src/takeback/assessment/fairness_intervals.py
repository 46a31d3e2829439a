"""Intervals of every measure of every group."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from takeback.assessment.fairness_cells import cell_sums, cells_of, resampled_sums
from takeback.assessment.fairness_disclosure import hidden, hidden_measures
from takeback.assessment.fairness_measures import GAPS, RATES, RATIOS, Sums, largest_gap, measures, rate
from takeback.assessment.scored import GROUP, attributes
from takeback.data.expressions import Array

REPLICATES = 5000
LEVEL = 0.95
Limits = list[float] | None


def fairness_intervals(
    references: Mapping[str, str], scored: pd.DataFrame, replicates: int = REPLICATES, seed: int = 0, least: int = 1
) -> dict[str, Limits]:
    """Return the 95% interval of every number of an audit.

    Percentile intervals (Efron 1981) over resamples of the applicants with replacement. A rate of 0 or 1 does not vary
    among resamples; its interval, and that of its ratio, is the exact one (Clopper and Pearson 1934).

    Parameters
    ----------
    references, scored
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
    names = attributes(scored)
    if not names:
        return {}
    coded = (np.unique(scored[f"{GROUP}{name}"].to_numpy().astype(str), return_inverse=True) for name in names)
    labels, codes = zip(*coded, strict=True)
    cells = cells_of(scored, [*codes])
    once = cell_sums(cells, np.ones((1, len(scored))))
    drawn = resampled_sums(cells, replicates, seed)
    result: dict[str, Limits] = {}
    ends = np.cumsum([0, *map(len, labels)])
    for attribute, (start, end), groups in zip(names, pairwise(ends), labels, strict=True):
        of_once, of_drawn = ({name: of[:, start:end] for name, of in sums.items()} for sums in (once, drawn))
        reference = references[attribute]
        place = groups.tolist().index(reference) if reference in groups else None
        secret = hidden_measures(hidden({name: of[0] for name, of in of_once.items()}, least), place)
        found = _of_attribute(groups.tolist(), place, of_once, of_drawn, secret)
        result |= {f"{attribute}.{name}": limits for name, limits in found.items()}
    return result


def _of_attribute(
    groups: list[str], reference: int | None, once: Sums, drawn: Sums, secret: dict[str, Array]
) -> dict[str, Limits]:
    """Return the limits of one attribute from the sums once, (1, groups), and drawn, (replicates, groups)."""
    once_base, base = (_base(sums, reference) for sums in (once, drawn))
    measured = {name: np.where(secret[name], np.nan, values) for name, values in measures(drawn, base).items()}
    result = {f"{group}.{name}": _limits(of[:, i]) for i, group in enumerate(groups) for name, of in measured.items()}
    for i, group in enumerate(groups):
        sums, beside = ({name: of[0, j] for name, of in each.items()} for each, j in ((once, i), (once_base, 0)))
        ends = _at_an_end(sums, beside if i != reference else {})
        result |= {f"{group}.{name}": limits for name, limits in ends.items() if result[f"{group}.{name}"]}
    return {**result, **{f"{name}_gap": _limits(largest_gap(measured[name])) for name in GAPS}}


def _base(sums: Sums, reference: int | None) -> dict[str, Array]:
    return {name: np.zeros_like(of[:, :1]) if reference is None else of[:, [reference]] for name, of in sums.items()}


def _limits(values: Array) -> Limits:
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    known = values[np.isfinite(values)]
    if len(known) < tails[1] * len(values):
        return None
    return [float(limit) for limit in np.quantile(known, tails)]


def _at_an_end(sums: Sums, base: Sums) -> dict[str, list[float]]:
    """Return the exact interval of each rate that is 0 or 1, and of its ratio, the reference rate taken as known.

    The reference group's ratio to itself is no estimate: its ``base`` is empty.
    """
    result: dict[str, list[float]] = {}
    for name, of in RATES.items():
        part, whole = sums[of.part], sums[of.whole]
        if not whole or of.part == "pd" or part not in (0, whole):
            continue
        tail = float(((1 - LEVEL) / 2) ** (1 / whole))
        result[name] = [tail, 1.0] if part else [0.0, 1 - tail]
        ratios = [ratio for ratio, rated in RATIOS.items() if rated == name] if base else []
        if ratios and (reference := float(rate(name, base))) > 0:
            result |= {ratio: [limit / reference for limit in result[name]] for ratio in ratios}
    return result
