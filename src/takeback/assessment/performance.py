"""How well a candidate ranks, how honest its PDs are, and what its decisions earn."""

from typing import Any

import numpy as np
import pandas as pd

from takeback.assessment.metrics import METRICS, values
from takeback.assessment.weighted import calibration_bin, column
from takeback.common.disclosure import few, joined, one_sided
from takeback.decisions.policy import APPROVE, DECISIONS, DECLINE

# What tells the bad rate, or how far it is from the PDs.
OF_OUTCOMES = ("bad_rate", "calibration_odds", "calibration_slope", "brier_uncertainty", "brier_reliability")


def performance(scored: pd.DataFrame, least: int = 1) -> dict[str, Any]:
    """Measure scores against outcomes.

    Parameters
    ----------
    scored
        See `takeback.assessment.scored`; with ``amount`` and ``profit``.
    least
        What `hidden_metrics` says of it is None.

    Returns
    -------
    dict
        ``ranking``, ``probability`` and ``decision`` metrics: those of `takeback.assessment.metrics`. One that is not
        defined is None.
    """
    parts = dict.fromkeys(name.partition(".")[0] for name in METRICS)
    result = {part: values(scored, part) for part in parts}
    for name in hidden_metrics(scored, least):
        part, metric = name.split(".")
        result[part][metric] = None
    return result


def hidden_metrics(scored: pd.DataFrame, least: int) -> list[str]:
    """Return the rates, by dotted name, that are about fewer than ``least`` people or give such a number away."""
    cells = pd.crosstab(scored["decision"], scored["bad"], dropna=False).reindex(columns=[0, 1], fill_value=0)
    approved, declined = (cells.loc[word].to_numpy() for word in (APPROVE, DECLINE))
    everybody = cells.sum().to_numpy()
    all_alike = one_sided(everybody[0], everybody[1], least)
    found = all_alike or few([*declined, *(everybody - declined)], least).any()
    among = one_sided(approved[0], approved[1], least) or few(everybody - approved, least).any()
    hidden = {
        **dict.fromkeys((f"probability.{name}" for name in OF_OUTCOMES), all_alike),
        "decision.bad_rate_among_approved": among,
        **dict.fromkeys((f"decision.{word}_rate" for word in DECISIONS), few(cells.sum(axis=1), least).any()),
        **dict.fromkeys((f"decision.decline_{name}" for name in ("accuracy", "precision", "recall", "f1")), found),
    }
    return [name for name, secret in hidden.items() if secret]


def calibration_bins(scored: pd.DataFrame, least: int = 1) -> pd.DataFrame:
    """Return mean PD and bad rate in ten bins of equal size by PD; applicants with one PD share a bin.

    Neighbours are joined until each bin has ``least`` good payers and as many bad ones; none is left if all have not.

    Returns
    -------
    pandas.DataFrame
        ``count``, ``mean_pd`` and ``bad_rate``, a row a bin.
    """
    pds, bad = column(scored, "pd"), column(scored, "bad")
    _, code = np.unique(calibration_bin(pds), return_inverse=True)
    if one_sided(bad.sum(), len(bad) - bad.sum(), least):
        pds, bad, code = pds[:0], bad[:0], code[:0]
    code = joined(np.bincount(code, 1 - bad), np.bincount(code, bad), least)[code]
    bins = pd.DataFrame({"mean_pd": pds, "bad_rate": bad}).groupby(code)
    return bins.mean().assign(count=bins.size())[["count", "mean_pd", "bad_rate"]].reset_index(drop=True)


def roc_points(scored: pd.DataFrame, least: int = 1, points: int = 100) -> pd.DataFrame:
    """Return about as many points of the ROC curve as asked for, and both its ends.

    Between one point and the next lie ``least`` good payers and as many bad ones: a finer curve would tell of single
    applicants between which others they are.

    Returns
    -------
    pandas.DataFrame
        ``false_positive_rate`` and ``true_positive_rate``, a row a point.
    """
    bad = column(scored, "bad")
    _, place = np.unique(-column(scored, "pd"), return_inverse=True)
    good, found = (np.bincount(place, outcome) for outcome in (1 - bad, bad))
    step = max(least, int(min(good.sum(), found.sum())) // points)
    last = np.flatnonzero(np.diff(joined(good, found, step), append=len(good)))
    x, y = (np.concatenate([[0], np.cumsum(counts)[last] / max(counts.sum(), 1)]) for counts in (good, found))
    return pd.DataFrame({"false_positive_rate": x, "true_positive_rate": y})
