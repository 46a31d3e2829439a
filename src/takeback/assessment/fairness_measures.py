"""What is measured of a protected group: everything follows from ten sums over its applicants.

The same functions serve one audit and thousands of replicates: a point estimate and its interval measure the same.
"""

import numpy as np

from takeback.assessment.weighted import divided
from takeback.data.expressions import Array

SUMS = ("count", "approved", "referred", "declined", "good", "approved_good", "bad", "approved_bad", "pd", "pd_squared")
SHARES = {
    "approval_rate": ("approved", "count"),
    "approval_rate_of_good": ("approved_good", "good"),
    "approval_rate_of_bad": ("approved_bad", "bad"),
    "referral_rate": ("referred", "count"),
    "decline_rate": ("declined", "count"),
    "mean_pd": ("pd", "count"),
    "bad_rate": ("bad", "count"),
}
MEASURES = ("count", *SHARES, "calibration_gap", "approval_ratio", "approval_ratio_of_good", "pd_difference")
GAPS = ("approval_rate", "approval_rate_of_good", "approval_rate_of_bad")
CONSTANT = 1e-10  # share of the sum of squares below which what is left around the mean is rounding


def row_values(pd: Array, decision: Array, bad: Array) -> Array:
    """Return what each applicant adds to the sums of a group, shape (n, 10), in the order of `SUMS`.

    Parameters
    ----------
    pd, decision, bad
        Shape (n,): the PD, the decision as a position in ``DECISIONS``, and the outcome, 1 for a default.
    """
    approved, referred, declined = (decision == i for i in range(3))
    good, default = bad == 0, bad == 1
    counted = [np.ones(len(pd)), approved, referred, declined, good, approved & good, default, approved & default]
    return np.column_stack([*counted, pd, pd**2])


def measures(sums: Array, reference: Array) -> dict[str, Array]:
    """Return every measure of groups.

    Parameters
    ----------
    sums
        Shape (..., 10), in the order of `SUMS`.
    reference
        The sums of the reference group, of a shape that broadcasts to that of ``sums``; zeros if it has no members.

    Returns
    -------
    dict
        By name, each of shape (...); NaN where a measure is not defined. ``approval_ratio`` is the adverse impact
        ratio (29 CFR 1607.4 D), ``approval_ratio_of_good`` the same among good payers (equal opportunity; Hardt, Price
        and Srebro 2016); `pd_difference` says what that is.
    """
    rates, base = _rates(sums), _rates(reference)
    return {
        "count": sums[..., 0],
        **rates,
        "calibration_gap": rates["mean_pd"] - rates["bad_rate"],
        "approval_ratio": divided(rates["approval_rate"], base["approval_rate"]),
        "approval_ratio_of_good": divided(rates["approval_rate_of_good"], base["approval_rate_of_good"]),
        "pd_difference": pd_difference(sums, reference),
    }


def pd_difference(sums: Array, reference: Array) -> Array:
    """Return the standardised mean difference of PD, group less reference: Cohen's d (1988) with the pooled sd.

    ``(mean - mean_ref) / sqrt((SS + SS_ref) / (n + n_ref - 2))``, SS being a group's sum of squares around its mean;
    NaN if all PDs in both groups are the same, or there are not three applicants.
    """
    within, squares = _around_mean(sums) + _around_mean(reference), sums[..., 9] + reference[..., 9]
    freedom = sums[..., 0] + reference[..., 0] - 2
    variance = np.where(within > CONSTANT * squares, divided(within, freedom), np.nan)
    difference = divided(sums[..., 8], sums[..., 0]) - divided(reference[..., 8], reference[..., 0])
    return divided(difference, np.sqrt(variance))


def largest_gap(rates: Array) -> Array:
    """Return the largest absolute difference between any two groups, shape (...), of rates of shape (..., groups).

    A group without a rate is left out; NaN if no group has one.
    """
    known = np.isfinite(rates)
    high = np.where(known, rates, -np.inf).max(axis=-1, initial=-np.inf)
    low = np.where(known, rates, np.inf).min(axis=-1, initial=np.inf)
    return np.where(known.any(axis=-1), high - low, np.nan)


def share(name: str, sums: Array) -> Array:
    """Return one of `SHARES`, shape (...), of sums of shape (..., 10)."""
    part, whole = (sums[..., SUMS.index(which)] for which in SHARES[name])
    return divided(part, whole)


def _rates(sums: Array) -> dict[str, Array]:
    return {name: share(name, sums) for name in SHARES}


def _around_mean(sums: Array) -> Array:
    return sums[..., 9] - np.nan_to_num(divided(sums[..., 8] ** 2, sums[..., 0]))
