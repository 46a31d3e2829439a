"""Which features may enter the models: each one in or out, and why."""

import numpy as np
import pandas as pd

from takeback.common.errors import UserError
from takeback.config.params import Selection
from takeback.data.contract import Contract
from takeback.data.encoding import bin_edges, with_derived
from takeback.preparation.proxies import proxy_gini

MOST_INFLATED = 1e6


def select(
    contract: Contract, settings: Selection, columns: pd.DataFrame, bad: pd.Series, groups: pd.DataFrame
) -> dict:
    """Judge every feature of the contract on the training data.

    Parameters
    ----------
    contract, settings
        What the features are, and the limits.
    columns
        Checked columns of the training set, float64; n rows.
    bad
        Outcomes, n; 1 is a default.
    groups
        Every applicant's group of each protected attribute, text; n rows.

    Returns
    -------
    dict
        ``selected``, the chosen features in the contract's order; ``features``, for each feature whether it is in,
        why, its information value and its proxy score for each protected attribute.

    Raises
    ------
    UserError
        If no feature is left.
    """
    values = ordered(contract, columns, bad)
    ranks = values.rank(na_option="top")
    importance = pd.Series({name: information_value(values[name], bad, settings.bins) for name in values})
    proxies = {name: {a: proxy_gini(ranks[name], groups[a]) for a in groups} for name in values}
    why = {name: _own_verdict(settings, name, importance[name], proxies[name]) for name in values}
    why |= _twins(settings, ranks[[name for name in values if why[name] is None]], importance)
    if all(why.values()):
        raise UserError("features.*: no feature is left; lower min_information_value or raise max_proxy_gini.")
    features = {
        name: {
            "selected": why[name] is None,
            "why": why[name] or f"information value {importance[name]:.3f}",
            "information_value": importance[name],
            "proxy_gini": proxies[name],
        }
        for name in values
    }
    return {"selected": [name for name in values if why[name] is None], "features": features}


def information_value(values: pd.Series, bad: pd.Series, bins: int) -> float:
    """Return the information value (IV) of a feature: sum of (share of goods - share of bads) x weight of evidence.

    Siddiqi (2006), "Credit Risk Scorecards"; bins at quantiles, missing values a bin of their own, half a case added
    to each count so that an empty one has a logarithm.
    """
    seen = values.to_numpy(np.float32)
    edges = np.array(bin_edges(seen, bins), dtype=np.float32)
    code = pd.Series(np.searchsorted(edges, seen, side="right"), values.index).mask(values.isna(), -1)
    counts = bad.groupby(code).agg(["sum", "size"])
    bads, goods = counts["sum"] + 0.5, counts["size"] - counts["sum"] + 0.5
    good_share, bad_share = goods / goods.sum(), bads / bads.sum()
    return float(((good_share - bad_share) * np.log(good_share / bad_share)).sum())


def variance_inflation(values: pd.DataFrame) -> dict[str, float]:
    """Return the variance inflation factor (VIF) of each feature: 1 / (1 - R2) of a regression on all the others.

    Marquardt (1970): the diagonal of the inverse of the correlation matrix, here that of ranks, a missing value being
    the lowest; 1 tells that a feature repeats no other. At `MOST_INFLATED` features repeat each other whole.
    """
    correlation = values.rank(na_option="top").corr().fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(correlation, 1.0)
    inverse = np.linalg.inv(correlation + np.eye(len(correlation)) / MOST_INFLATED)
    return {
        str(name): float(np.clip(value, 1, MOST_INFLATED)) for name, value in zip(values, np.diag(inverse), strict=True)
    }


def ordered(contract: Contract, columns: pd.DataFrame, bad: pd.Series) -> pd.DataFrame:
    """Return every feature of checked columns, n rows; a category's levels in the order of their bad rates."""
    values = pd.DataFrame(with_derived(contract, columns, contract.features), columns.index)[[*contract.features]]
    for name in contract.levels.keys() & contract.inputs.keys():
        if not contract.columns[name].ordered:
            rates = bad.groupby(values[name]).mean().reindex(range(len(contract.levels[name])), fill_value=0.0)
            values[name] = values[name].map(rates.rank(method="first") - 1)
    return values


def _own_verdict(settings: Selection, name: str, importance: float, proxies: dict[str, float]) -> str | None:
    if name in settings.exclude:
        return "excluded by features.exclude"
    if importance < settings.min_information_value:
        return f"information value {importance:.4f} below {settings.min_information_value:g}"
    attribute = max(proxies, key=lambda a: proxies[a], default=None)
    if attribute and proxies[attribute] > settings.max_proxy_gini:
        return f"a proxy of {attribute}: Gini {proxies[attribute]:.3f} above {settings.max_proxy_gini:g}"
    return None


def _twins(settings: Selection, ranks: pd.DataFrame, importance: pd.Series) -> dict[str, str]:
    """Return why a feature is out that follows one of more information: by the absolute Spearman correlation."""
    correlation, kept, why = ranks.corr().abs().fillna(0.0), list[str](), dict[str, str]()
    for name in sorted(ranks, key=lambda name: (-importance[name], name)):
        twin = correlation.loc[name, kept]
        if kept and twin.max() > settings.max_correlation:
            why[name] = f"correlation {twin.max():.3f} with {twin.idxmax()}, which says more"
        else:
            kept.append(name)
    return why
