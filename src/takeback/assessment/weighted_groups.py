"""The rates of a protected group with a weight for each applicant, for many sets of weights at once."""

import numpy as np
import pyarrow as pa

from takeback.assessment.weighted import column, divided, everybody, indicator, mean, of, share
from takeback.common.errors import UserError
from takeback.data.expressions import Array


def group_measure(measure: str, attribute: str, group: str, scores: pa.Table, weights: Array, reference: str) -> Array:
    """Return a rate of one group, its size, or the ratio of its approval rate to the reference group's."""
    inside = indicator(scores, f"group_{attribute}", group)
    if not inside.any():
        known = ", ".join(sorted(_groups(scores, attribute)))
        raise UserError(f"{attribute}.{group}: nobody in the scores is in this group. Expected one of {known}.")
    if measure == "count":
        return weights @ inside
    if measure == "approval_ratio":
        base = _rate("approval_rate", indicator(scores, f"group_{attribute}", reference), scores, weights)
        return divided(_rate("approval_rate", inside, scores, weights), base)
    return _rate(measure, inside, scores, weights)


def group_gap(measure: str, attribute: str, scores: pa.Table, weights: Array) -> Array:
    """Return the largest difference of a rate between two groups; a group without weight has no rate."""
    name = measure.removesuffix("_gap")
    groups = [indicator(scores, f"group_{attribute}", group) for group in _groups(scores, attribute)]
    rates = np.stack([_rate(name, inside, scores, weights) for inside in groups])
    known = np.isfinite(rates)
    gap = np.where(known, rates, -np.inf).max(axis=0) - np.where(known, rates, np.inf).min(axis=0)
    return np.where(np.isfinite(gap), gap, np.nan)


def _rate(measure: str, inside: Array, scores: pa.Table, weights: Array) -> Array:
    if measure not in _RATES:
        raise UserError(f"{measure}: no such measure of a group. Expected one of {', '.join(_RATES)}.")
    values, among = _RATES[measure]
    return mean(weights, values(scores), inside * among(scores))


def _groups(scores: pa.Table, attribute: str) -> list[str]:
    return scores[f"group_{attribute}"].unique().to_pylist()


_RATES = {
    "approval_rate": (share("approve"), everybody),
    "approval_rate_of_good": (share("approve"), lambda scores: 1 - column(scores, "bad")),
    "approval_rate_of_bad": (share("approve"), of("bad")),
    "referral_rate": (share("refer"), everybody),
    "mean_pd": (of("pd"), everybody),
    "bad_rate": (of("bad"), everybody),
}
