"""Who sits near a threshold, and how many decisions hang on which applicants the thresholds were chosen."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from takeback.assessment.scored import GROUP, attributes
from takeback.common.disclosure import few, hidden_groups
from takeback.data.expressions import Array
from takeback.decisions.calibration import Calibrator
from takeback.decisions.policy import AS_OTHERS, Thresholds, decide

BAND = 0.02
REPLICATES = 100
Fit = Callable[[Array, Array, Array], tuple[Calibrator, Thresholds]]


class Fitted(NamedTuple):
    """What calibrator and thresholds are fitted on, each of shape (n,): margins, outcomes and thin files."""

    margin: Array
    bad: Array
    thin: Array


def near_threshold(
    fit: Fit, fitted: Fitted, thresholds: Thresholds, margin: Array, scored: pd.DataFrame, least: int = 1
) -> dict[str, Any]:
    """Return the ``band``, who is in it (`within_band`), and the `flips`; see both for the parameters.

    What is about fewer than ``least`` people, or gives such a number away, is None.
    """
    near, changing = within_band(thresholds, scored), flips(fit, fitted, margin, scored)
    for attribute in attributes(scored):
        names, sizes = np.unique(scored[f"{GROUP}{attribute}"].to_numpy().astype(str), return_counts=True)
        secret = hidden_groups(sizes, least)
        changing["groups"][attribute] |= {name: {"share": None} for name in names[secret].tolist()}
        for place in near.values():
            of = place["groups"][attribute]
            counts = np.array([of[name]["count"] for name in names.tolist()])
            few_near = hidden_groups(np.column_stack([counts, sizes - counts]), least, secret)
            of |= {name: {"count": None, "share": None} for name in names[few_near].tolist()}
    for place in near.values():
        if few([place["count"], len(margin) - place["count"]], least).any():
            place |= {"count": None, "share": None}
    return {"band": BAND, "thresholds": near, "flips": changing}


def within_band(thresholds: Thresholds, scored: pd.DataFrame, band: float = BAND) -> dict[str, Any]:
    """Count who is within a band of each threshold, both ends included.

    A thin file is near no threshold where its PD does not decide. Nobody is near a threshold that no PD can be on
    both sides of, such as ``approve_below`` 0.

    Parameters
    ----------
    thresholds
        On the scale of the PD.
    scored
        See `takeback.assessment.scored`; with ``thin``.
    band
        Distance from the threshold.

    Returns
    -------
    dict
        By threshold its ``value``, ``count`` and ``share`` of all applicants, and for each attribute and group
        ``count`` and ``share`` of the group.
    """
    result = {}
    by_pd = ~scored["thin"] | (thresholds.thin_files == AS_OTHERS)
    for name in ("approve_below", "decline_from"):
        value = getattr(thresholds, name)
        near = ((scored["pd"] - value).abs() <= band) & by_pd & (0 < value <= 1)
        result[name] = {"value": value, **_counted(near), "groups": _by_group(_counted, near, scored)}
    return result


def flips(
    fit: Fit, fitted: Fitted, margin: Array, scored: pd.DataFrame, replicates: int = REPLICATES, seed: int = 0
) -> dict[str, Any]:
    """Return how many decisions change when calibrator and thresholds come from other applicants of the same kind.

    Each replicate fits both on a resample, with replacement, of the applicants they were fitted on, and decides on the
    same margins again.

    Parameters
    ----------
    fit
        Takes margins, outcomes and thin files, gives calibrator and thresholds.
    fitted
        What they were fitted on.
    margin
        Of the applicants decided on, shape (m,).
    scored
        What they were given; with ``thin``.
    replicates, seed
        How many resamples, and what they start from.

    Returns
    -------
    dict
        ``replicates``; the ``share`` of decisions that differ, over all replicates; the same by attribute and group.
    """
    random, n = np.random.default_rng(seed), len(fitted.margin)
    changed, thin = np.zeros(len(margin)), scored["thin"].to_numpy()
    given = scored["decision"].cat.codes.to_numpy()
    for _ in range(replicates):
        rows = random.integers(n, size=n)
        calibrator, thresholds = fit(*(column[rows] for column in fitted))
        changed += decide(thresholds, calibrator(margin), thin) != given
    often = pd.Series(changed / replicates, scored.index)
    return {"replicates": replicates, **_share(often), "groups": _by_group(_share, often, scored)}


def _by_group(
    measured: Callable[[pd.Series], dict], values: pd.Series, scored: pd.DataFrame
) -> dict[str, dict[str, dict]]:
    members = {name: scored[f"{GROUP}{name}"] for name in attributes(scored)}
    return {
        name: {str(group): measured(some) for group, some in values.groupby(groups)} for name, groups in members.items()
    }


def _counted(marked: pd.Series) -> dict[str, Any]:
    return {"count": int(marked.sum()), **_share(marked)}


def _share(values: pd.Series) -> dict[str, float | None]:
    return {"share": float(values.to_numpy().mean()) if len(values) else None}
