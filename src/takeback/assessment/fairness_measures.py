"""What is measured of a protected group: one entry of `RATES` or `COMPARISONS` each.

Point estimates are fairlearn's `MetricFrame` over these functions. The intervals need them for thousands of resamples
at once: there the same rate is a quotient of two sums over the applicants, named beside it. A test holds the two
together for whatever is in the tables.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from takeback.assessment.weighted import divided
from takeback.data.expressions import Array
from takeback.decisions.policy import APPROVE, DECLINE, REFER

CONSTANT = 1e-10  # share of the sum of squares below which what is left around the mean is rounding
FARTHEST = 7.0  # log odds
Sums = Mapping[str, Array]


def approval_rate(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of applicants that are approved (fairlearn's selection rate, "approve" being selected)."""
    return _mean(decision == APPROVE, sample_weight)


def approval_rate_of_good(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of good payers that are approved (equal opportunity; Hardt, Price and Srebro 2016)."""
    return _mean(decision == APPROVE, sample_weight * (bad == 0))


def approval_rate_of_bad(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of bad payers that are approved (equalised odds, with the one above)."""
    return _mean(decision == APPROVE, sample_weight * (bad == 1))


def referral_rate(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of applicants that are referred to an analyst."""
    return _mean(decision == REFER, sample_weight)


def decline_rate(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of applicants that are declined."""
    return _mean(decision == DECLINE, sample_weight)


def mean_pd(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the mean PD."""
    return _mean(pd, sample_weight)


def bad_rate(bad: Array, decision: Array, *, pd: Array, sample_weight: Array) -> float:
    """Return the share of applicants that default."""
    return _mean(bad, sample_weight)


class Rate(NamedTuple):
    """A function for fairlearn's MetricFrame, the two sums whose quotient it is, and what it is hidden with.

    ``hidden_with`` is one of `takeback.assessment.fairness_disclosure.PARTS`: the counts that it would tell of.
    """

    metric: Callable[..., float]
    part: str
    whole: str
    hidden_with: str


RATES = {
    "approval_rate": Rate(approval_rate, "approved", "count", "approvals"),
    "approval_rate_of_good": Rate(approval_rate_of_good, "approved_good", "good", "approvals_by_outcome"),
    "approval_rate_of_bad": Rate(approval_rate_of_bad, "approved_bad", "bad", "approvals_by_outcome"),
    "referral_rate": Rate(referral_rate, "referred", "count", "decisions"),
    "decline_rate": Rate(decline_rate, "declined", "count", "decisions"),
    "mean_pd": Rate(mean_pd, "pd", "count", "members"),
    "bad_rate": Rate(bad_rate, "bad", "count", "outcomes"),
}
# What is counted of a group, as functions of outcome and decision. Beside them there are the sums of PDs.
COUNTS: dict[str, Callable[[Array, Array], Array]] = {
    "count": lambda bad, decision: np.ones(len(bad)),
    "approved": lambda bad, decision: decision == APPROVE,
    "referred": lambda bad, decision: decision == REFER,
    "declined": lambda bad, decision: decision == DECLINE,
    "good": lambda bad, decision: bad == 0,
    "approved_good": lambda bad, decision: (decision == APPROVE) & (bad == 0),
    "bad": lambda bad, decision: bad == 1,
    "approved_bad": lambda bad, decision: (decision == APPROVE) & (bad == 1),
}
SUMS = (*COUNTS, "pd", "pd_squared")
# The adverse impact ratio (29 CFR 1607.4 D), and the same among good payers: which rate, over the reference group's.
RATIOS = {"approval_ratio": "approval_rate", "approval_ratio_of_good": "approval_rate_of_good"}
# The largest of these between any two groups is an attribute's gap.
GAPS = ("approval_rate", "approval_rate_of_good", "approval_rate_of_bad")
MEASURES = ("count", *RATES, "calibration_gap", "calibration_odds", *RATIOS, "pd_difference")


def counted(bad: Array, decision: Array) -> Array:
    """Return what each applicant adds to `COUNTS`, shape (n, counts)."""
    return np.column_stack([np.asarray(of(bad, decision), dtype=float) for of in COUNTS.values()])


def measures(sums: Sums, reference: Sums) -> dict[str, Array]:
    """Return every measure of groups from sums over their applicants.

    Parameters
    ----------
    sums
        For each of `SUMS` an array of shape (...).
    reference
        The sums of the reference group, of shapes that broadcast to those of ``sums``; zeros if it has no members.

    Returns
    -------
    dict
        By name, each of shape (...); NaN where a measure is not defined.
    """
    rates, base = ({name: rate(name, of) for name in RATES} for of in (sums, reference))
    of_sums = {"calibration_odds": calibration_odds(sums), "pd_difference": pd_difference(sums, reference)}
    return {"count": sums["count"], **rates, **compared(rates, base), **of_sums}


def compared(rates: Sums, base: Sums) -> dict[str, Array]:
    """Return what follows from the rates of groups and of the reference group, by name."""
    ratios = {name: divided(rates[of], base[of]) for name, of in RATIOS.items()}
    return {"calibration_gap": rates["mean_pd"] - rates["bad_rate"], **ratios}


def calibration_odds(sums: Sums) -> Array:
    """Return how many times the odds of default are what the PDs of groups say; NaN without uncertain PDs.

    ``exp(sum (bad - pd) / sum pd (1 - pd))``: one step of Newton's method towards the maximum likelihood that
    `takeback.assessment.calibration_measures.calibration_odds` finds, and all that sums over a group allow. Of a group
    whose PDs are all but certain, and wrong, the step is too long: it ends at about a thousand times.
    """
    step = divided(sums["bad"] - sums["pd"], sums["pd"] - sums["pd_squared"])
    return np.exp(np.clip(step, -FARTHEST, FARTHEST))


def pd_difference(sums: Sums, reference: Sums) -> Array:
    """Return the standardised mean difference of PD, group less reference: Cohen's d (1988) with the pooled sd.

    ``(mean - mean_ref) / sqrt((SS + SS_ref) / (n + n_ref - 2))``, SS being a group's sum of squares around its mean;
    NaN if all PDs in both groups are the same, or there are not three applicants.
    """
    within = _around_mean(sums) + _around_mean(reference)
    squares = sums["pd_squared"] + reference["pd_squared"]
    freedom = sums["count"] + reference["count"] - 2
    variance = np.where(within > CONSTANT * squares, divided(within, freedom), np.nan)
    return divided(rate("mean_pd", sums) - rate("mean_pd", reference), np.sqrt(variance))


def largest_gap(rates: Array) -> Array:
    """Return the largest absolute difference between any two groups, shape (...), of rates of shape (..., groups).

    A group without a rate is left out; NaN if no group has one.
    """
    known = np.isfinite(rates)
    high = np.where(known, rates, -np.inf).max(axis=-1, initial=-np.inf)
    low = np.where(known, rates, np.inf).min(axis=-1, initial=np.inf)
    return np.where(known.any(axis=-1), high - low, np.nan)


def rate(name: str, sums: Sums) -> Array:
    """Return one of `RATES`, shape (...), of sums of shape (...)."""
    return divided(sums[RATES[name].part], sums[RATES[name].whole])


def _mean(values: Array, weight: Array) -> float:
    return float(np.average(values, weights=weight)) if weight.sum() else np.nan


def _around_mean(sums: Sums) -> Array:
    return sums["pd_squared"] - np.nan_to_num(divided(sums["pd"] ** 2, sums["count"]))
