"""Are PDs right? Effect sizes with a weight for each applicant, and tests, of scored tables.

The expected calibration error of bins is never 0 by chance: of right PDs it is the larger the fewer applicants there
are. So what is judged is the odds and the slope, for which right PDs give 1 at any number of applicants.
"""

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import chi2, norm

from takeback.assessment.weighted import SMALLEST, calibration_bin, column
from takeback.data.expressions import Array
from takeback.decisions.logistic_regression import logistic_regression


def calibration_odds(scored: pd.DataFrame, weights: Array) -> Array:
    """Return how many times the odds of default are what the PDs say, shape (replicates,).

    ``exp(a)`` of ``logit P(bad) = a + logit(pd)``: calibration in the large (Cox 1958; Van Calster et al. 2019).
    NaN where all applicants have one outcome.
    """
    bad, log_odds = column(scored, "bad"), _log_odds(scored)
    return np.exp(_last_of([logistic_regression(np.ones((len(bad), 1)), bad, row, log_odds) for row in weights]))


def calibration_slope(scored: pd.DataFrame, weights: Array) -> Array:
    """Return the slope ``b`` of ``logit P(bad) = a + b logit(pd)``, shape (replicates,).

    Below 1 PDs are too extreme, as those of a model that was fitted too closely; above 1 they are too timid (Cox 1958).
    NaN where all applicants have one outcome, or the PDs separate good from bad payers or are all the same.
    """
    bad, log_odds = column(scored, "bad"), _log_odds(scored)
    design = np.column_stack([np.ones(len(bad)), log_odds])
    return _last_of([logistic_regression(design, bad, row) for row in weights])


def debiased_calibration_error(scored: pd.DataFrame) -> float:
    """Return the root mean square distance of PD and bad rate over ten bins, less what chance adds to it.

    ``sqrt(sum_b n_b/n [(pd_b - bad_b)^2 - bad_b (1 - bad_b) / (n_b - 1)])``, 0 if that is negative (Kumar, Liang and Ma
    2019, "Verified uncertainty calibration"). A resample adds the chance again: there is no interval of it.
    """
    bins = _bins(scored)
    chance = bins["bad"] * (1 - bins["bad"]) / (bins["count"] - 1).clip(lower=1)
    return float(np.sqrt(max(((bins["pd"] - bins["bad"]) ** 2 - chance) @ bins["share"], 0.0)))


def spiegelhalter_p(scored: pd.DataFrame) -> float:
    """Return how often right PDs would have a Brier score as far from its expectation, by chance (two-sided).

    Spiegelhalter (1986): ``z = sum (bad - pd)(1 - 2 pd) / sqrt(sum (1 - 2 pd)^2 pd (1 - pd))``.
    """
    pds, bad = column(scored, "pd"), column(scored, "bad")
    variance = ((1 - 2 * pds) ** 2 * pds * (1 - pds)).sum()
    z = ((bad - pds) * (1 - 2 * pds)).sum() / np.sqrt(variance) if variance else np.nan
    return float(2 * norm.sf(abs(z)))


def hosmer_lemeshow_p(scored: pd.DataFrame) -> float:
    """Return how often right PDs would differ so much from the bad rates of ten bins, by chance.

    Hosmer and Lemeshow (1980). The PDs were not fitted to these applicants, so there are as many degrees of freedom as
    bins.
    """
    bins = _bins(scored)
    expected = bins["count"] * bins["variance"]
    if (expected == 0).any():
        return np.nan
    return float(chi2.sf(((bins["count"] * (bins["bad"] - bins["pd"])) ** 2 / expected).sum(), len(bins)))


def brier_reliability(scored: pd.DataFrame) -> float:
    """Return the mean squared distance of PD and bad rate over ten bins (Murphy 1973). Lower is better."""
    bins = _bins(scored)
    return float((bins["pd"] - bins["bad"]) ** 2 @ bins["share"])


def brier_resolution(scored: pd.DataFrame) -> float:
    """Return how far the bad rates of ten bins are from that of all, squared (Murphy 1973). Higher is better."""
    bins = _bins(scored)
    return float((bins["bad"] - column(scored, "bad").mean()) ** 2 @ bins["share"])


def brier_uncertainty(scored: pd.DataFrame) -> float:
    """Return the variance of the outcomes (Murphy 1973): the Brier score of one PD for all, whatever the model."""
    return float(column(scored, "bad").var())


def _bins(scored: pd.DataFrame) -> pd.DataFrame:
    """Return ``count``, ``share``, and the means of ``pd``, ``bad`` and ``variance`` (pd (1 - pd)), a row a bin."""
    pds = column(scored, "pd")
    rows = pd.DataFrame({"pd": pds, "bad": column(scored, "bad"), "variance": pds * (1 - pds)})
    by_bin = rows.groupby(calibration_bin(pds))
    return by_bin.mean().assign(count=by_bin.size(), share=by_bin.size() / len(pds))


def _last_of(fits: list[Array | None]) -> Array:
    return np.array([np.nan if fit is None else fit[-1] for fit in fits])


def _log_odds(scored: pd.DataFrame) -> Array:
    return logit(np.clip(column(scored, "pd"), SMALLEST, 1 - SMALLEST))
