"""Groups and pairs of groups at the decision: their ratios, what chance explains, and what a verdict would notice.

A closed form stands behind each number: the approvals of two groups are two independent binomial counts.
"""

from collections.abc import Mapping
from copy import deepcopy
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, norm
from scipy.stats.contingency import relative_risk

from takeback.assessment.fairness import BOTH, cells_of_groups, group_sums
from takeback.assessment.scored import GROUP, attributes
from takeback.data.expressions import Array
from takeback.decisions.policy import APPROVE

LEVEL = 0.05
PLANTED = 0.70  # the ratio that a verdict should notice
STRATA = 5
NOBODY = (0, 0)


def group_verdicts(references: Mapping[str, str], scored: pd.DataFrame, enough: int, limit: float) -> dict[str, Any]:
    """Hold the approval rate of each group, and of each pair of groups, against two others.

    Parameters
    ----------
    references, scored
        As `takeback.assessment.fairness.audit` takes them.
    enough
        How many people a group needs to be judged.
    limit
        Of the approval ratio, below which a group may fail.

    Returns
    -------
    dict
        ``attributes`` and ``pairs``: by attribute, or two of them, the ``reference``; the ``highest``, the group of the
        highest approval rate that is large enough (29 CFR 1607.4 D); and of each group ``count``, ``approval_rate``,
        its ``ratio`` to the reference and to the highest with 95% intervals, ``p_value`` (of equal rates; Fisher's
        exact test), ``power`` (the chance that a ratio of `PLANTED` would fail), ``judged`` (whether both sides are
        large enough), and for attributes ``conditional_disparity``. The p-values of all pairs that are judged are
        corrected together (Holm 1979). ``pairs_judged`` is their number.
    """
    names = sorted(attributes(scored))
    pairs = {BOTH.join(pair): _counts(scored, references, [*pair]) for pair in combinations(names, 2)}
    judged = sum(_judged(found, group, enough) for found in pairs.values() for group in found["groups"])
    single = {name: _counts(scored, references, [name]) for name in attributes(scored)}
    result = {
        "attributes": {name: _compared(found, enough, limit, 1) for name, found in single.items()},
        "pairs": {name: _compared(found, enough, limit, max(judged, 1)) for name, found in pairs.items()},
    }
    _correct(result["pairs"])
    for name, found in result["attributes"].items():
        disparity = conditional_disparity(scored, name)
        for group, row in found["groups"].items():
            row["conditional_disparity"] = disparity.get(group)
    return {**result, "pairs_judged": judged}


def shown_verdicts(
    found: Mapping[str, Any], fairness: Mapping[str, Any], intersections: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `group_verdicts` without what two audits, as they are shown, do not show of groups and of pairs."""
    result = deepcopy(dict(found))
    for kind, audits in (("attributes", fairness), ("pairs", intersections)):
        for name, audit in audits.items():
            _hide(result[kind][name], audit)
    return result


def ratio_interval(part: int, whole: int, base_part: int, base_whole: int) -> list[float] | None:
    """Return the 95% interval of a ratio of two rates, on the logarithm (Katz, Baptista, Azen and Pike 1978).

    None without people or approvals on one of the sides: the logarithm of 0 has no error.
    """
    if not part or not base_part:
        return None
    low, high = relative_risk(part, whole, base_part, base_whole).confidence_interval(1 - LEVEL)
    return [float(low), float(high)]


def power(count: float, base_count: float, base_rate: float, limit: float, tests: int = 1) -> float | None:
    """Return the chance that a true ratio of `PLANTED` is below the limit and told from 1, by the normal approximation.

    The logarithm of a ratio of two rates has the variance ``(1 - p) / (n p) + (1 - q) / (m q)`` (Katz et al. 1978);
    of several ``tests`` the first of Holm's is meant, the strictest. None where nobody of the reference is approved, or
    the limit is not above 0.
    """
    if not count or not base_count or not 0 < base_rate <= 1 or limit <= 0:
        return None
    rate = PLANTED * base_rate
    error = np.sqrt((1 - rate) / (count * rate) + (1 - base_rate) / (base_count * base_rate))
    told = min(np.log(limit), -norm.ppf(1 - LEVEL / (2 * tests)) * error)
    return float(norm.cdf((told - np.log(PLANTED)) / error)) if error else 1.0


def holm(p_values: Array) -> Array:
    """Correct p-values for their number, so that one false finding is no likelier than among one (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    steps = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(steps, 1)
    return corrected


def conditional_disparity(scored: pd.DataFrame, attribute: str) -> dict[str, float]:
    """Return how much larger a group's share of those not approved is than of the approved, at like amounts.

    Conditional demographic disparity (Wachter, Mittelstadt and Russell 2021): the difference in each fifth of the
    amount, in the mean over the fifths weighted by their applicants. 0 is none. Empty without amounts.
    """
    if "amount" not in scored:
        return {}
    ends = scored["amount"].quantile(np.arange(1, STRATA) / STRATA)
    fifth = pd.Series(np.searchsorted(ends, scored["amount"]), scored.index)  # equal amounts stay together
    approved = scored["decision"].astype(str) == APPROVE
    no, yes = (_shares(fifth[rows], scored.loc[rows, f"{GROUP}{attribute}"]) for rows in (~approved, approved))
    both = no.index.intersection(yes.index)
    differences, weights = no.loc[both].sub(yes.loc[both], fill_value=0), fifth.value_counts().loc[both]
    return differences.mul(weights, axis=0).sum().div(weights.sum()).to_dict() if len(both) else {}


def _shares(fifth: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return the share of each group in each fifth, a row a fifth."""
    return pd.crosstab(fifth, groups.astype(str), normalize="index")


def _counts(scored: pd.DataFrame, references: Mapping[str, str], by: list[str]) -> dict[str, Any]:
    """Return how many are in each group that somebody is in, and how many of them are approved."""
    sums = group_sums(cells_of_groups(scored, by), by)
    sums.index = sums.index.map(BOTH.join) if len(by) > 1 else sums.index
    groups = {str(group): (int(row["count"]), int(row["approved"])) for group, row in sums.iterrows()}
    return {"reference": BOTH.join(references[name] for name in by), "groups": groups}


def _judged(found: Mapping[str, Any], group: str, enough: int) -> bool:
    groups, reference = found["groups"], found["reference"]
    return group != reference and min(groups[group][0], groups.get(reference, NOBODY)[0]) >= enough


def _compared(found: Mapping[str, Any], enough: int, limit: float, tests: int) -> dict[str, Any]:
    groups = found["groups"]
    rates = {group: approved / count for group, (count, approved) in groups.items() if count >= enough}
    highest = max(rates, key=lambda group: (rates[group], group), default=None)
    rows = {
        group: {**_row(found, group, highest, limit, tests), "judged": _judged(found, group, enough)}
        for group in groups
    }
    return {"reference": found["reference"], "highest": highest, "groups": rows}


def _row(found: Mapping[str, Any], group: str, highest: str | None, limit: float, tests: int) -> dict[str, Any]:
    groups = found["groups"]
    count, approved = own = groups[group]
    base = groups.get(found["reference"], NOBODY)
    other = group != found["reference"]
    table = [[part, whole - part] for whole, part in (own, base)]
    return {
        "count": count,
        "approval_rate": approved / count,
        "ratio": _ratio(own, base),
        "interval": ratio_interval(approved, count, base[1], base[0]) if other else None,
        "ratio_to_highest": _ratio(own, groups[highest]) if highest else None,
        "interval_to_highest": ratio_interval(approved, count, *groups[highest][::-1])
        if highest not in (None, group)
        else None,
        "p_value": float(fisher_exact(table)[1]) if other and base[0] else None,
        "power": power(count, base[0], base[1] / base[0], limit, tests) if other and base[0] else None,
    }


def _ratio(own: tuple[int, int], base: tuple[int, int]) -> float | None:
    return (own[1] / own[0]) / (base[1] / base[0]) if base[1] else None


def _correct(pairs: Mapping[str, Any]) -> None:
    """Correct the p-values of all pairs that are judged together; the others have none."""
    rows = [row for found in pairs.values() for row in found["groups"].values()]
    judged = [row for row in rows if row["judged"]]
    for row, value in zip(judged, holm(np.array([row["p_value"] for row in judged])), strict=True):
        row["p_value"] = float(value)
    for row in rows:
        row["p_value"] = row["p_value"] if row["judged"] else None


def _hide(result: dict[str, Any], shown: Mapping[str, Any]) -> None:
    """Take out what is about too few people. Who has the highest rate follows from the rates that are shown."""
    for group, row in result["groups"].items():
        seen = shown["groups"][group]
        if seen["count"] is None:
            row |= dict.fromkeys((*row.keys() - {"judged"},))
        elif seen["approval_rate"] is None:
            row |= dict.fromkeys((*row.keys() - {"judged", "count", "power"},))
        base = shown["groups"].get(shown["reference"], {})
        if base.get("approval_rate") is None:
            row |= dict.fromkeys(("ratio", "interval", "p_value", "power"))
    if result["highest"] and shown["groups"][result["highest"]]["approval_rate"] is None:
        result["highest"] = None
        for row in result["groups"].values():
            row |= dict.fromkeys(("ratio_to_highest", "interval_to_highest"))
