"""Which features may enter the models: each one in or out, and why."""

import numpy as np
from scipy.stats import rankdata

from takeback.common.errors import UserError
from takeback.config.params import Selection
from takeback.data.contract import Contract
from takeback.data.encoding import bin_edges, with_derived
from takeback.data.expressions import Array, Columns


def select(contract: Contract, settings: Selection, columns: Columns, bad: Array, groups: dict[str, Array]) -> dict:
    """Judge every feature of the contract on the training data.

    Parameters
    ----------
    contract, settings
        What the features are, and the limits.
    columns
        Checked columns of the training set, each of shape (n,).
    bad
        Outcomes, shape (n,); 1 is a default.
    groups
        For each protected attribute every applicant's group, shape (n,), text.

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
    values = with_derived(contract, columns, contract.features)
    ordered = {name: _ordered(contract, name, values[name], bad) for name in contract.features}
    importance = {name: information_value(v, bad, settings.bins) for name, v in ordered.items()}
    proxies = {name: {a: proxy_gini(v, g) for a, g in groups.items()} for name, v in ordered.items()}
    why = _verdicts(settings, ordered, importance, proxies)
    if all(why.values()):
        raise UserError("features.*: no feature is left; lower min_information_value or raise max_proxy_gini.")
    features = {
        name: {
            "selected": why[name] is None,
            "why": why[name] or f"information value {importance[name]:.3f}",
            "information_value": importance[name],
            "proxy_gini": proxies[name],
        }
        for name in contract.features
    }
    return {"selected": [name for name in contract.features if why[name] is None], "features": features}


def information_value(values: Array, bad: Array, bins: int) -> float:
    """Return the information value (IV) of a feature: sum of (share of goods - share of bads) x weight of evidence.

    Siddiqi (2006), "Credit Risk Scorecards"; bins at quantiles, missing values a bin of their own, half a case added
    to each count so that an empty one has a logarithm.
    """
    edges = np.array(bin_edges(values.astype(np.float32), bins), dtype=np.float32)
    code = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values.astype(np.float32), side="right"))
    total = np.bincount(code, minlength=len(edges) + 2).astype(float)
    bads = np.bincount(code, weights=bad, minlength=len(edges) + 2)
    used = total > 0
    good_share = _shares((total - bads)[used] + 0.5)
    bad_share = _shares(bads[used] + 0.5)
    return float(np.sum((good_share - bad_share) * np.log(good_share / bad_share)))


def proxy_gini(values: Array, groups: Array) -> float:
    """Return how well a feature tells a protected attribute: the largest |2 AUC - 1| of one group against the rest.

    0 is no relation, 1 a perfect proxy. Missing values rank lowest.
    """
    ranks = rankdata(np.where(np.isnan(values), -np.inf, values))
    return max(_gini(ranks, groups == group) for group in np.unique(groups))


def _gini(ranks: Array, member: Array) -> float:
    inside, outside = int(member.sum()), int((~member).sum())
    if not inside or not outside:
        return 0.0
    auc = (ranks[member].sum() - inside * (inside + 1) / 2) / (inside * outside)
    return float(abs(2 * auc - 1))


def _shares(counts: Array) -> Array:
    return counts / counts.sum()


def _ordered(contract: Contract, name: str, values: Array, bad: Array) -> Array:
    """Order the levels of a category by their share of bads, so that ranks and bins mean something."""
    if name not in contract.levels or contract.columns[name].ordered:
        return values
    levels = range(len(contract.levels[name]))
    rates = np.array([bad[values == level].mean() if (values == level).any() else 0.0 for level in levels])
    position = np.argsort(np.argsort(rates, kind="stable"), kind="stable").astype(float)
    return np.append(position, np.nan)[np.where(np.isnan(values), -1, values).astype(int)]


def _verdicts(settings: Selection, values: dict, importance: dict, proxies: dict) -> dict[str, str | None]:
    why: dict[str, str | None] = {name: _own_verdict(settings, name, importance, proxies) for name in values}
    ranks = {name: rankdata(np.nan_to_num(v, nan=-np.inf)) for name, v in values.items() if why[name] is None}
    kept: list[str] = []
    for name in sorted(ranks, key=lambda name: (-importance[name], name)):
        twin = _most_correlated(ranks, name, kept)
        if twin and twin[1] > settings.max_correlation:
            why[name] = f"correlation {twin[1]:.3f} with {twin[0]}, which says more"
        else:
            kept.append(name)
    return why


def _own_verdict(settings: Selection, name: str, importance: dict, proxies: dict) -> str | None:
    if name in settings.exclude:
        return "excluded by features.exclude"
    if importance[name] < settings.min_information_value:
        return f"information value {importance[name]:.4f} below {settings.min_information_value:g}"
    attribute = max(proxies[name], key=lambda a: proxies[name][a], default=None)
    if attribute and proxies[name][attribute] > settings.max_proxy_gini:
        return f"a proxy of {attribute}: Gini {proxies[name][attribute]:.3f} above {settings.max_proxy_gini:g}"
    return None


def _most_correlated(ranks: dict[str, Array], name: str, others: list[str]) -> tuple[str, float] | None:
    """Return the feature with the largest absolute Spearman correlation."""
    pairs = [(other, abs(float(np.corrcoef(ranks[name], ranks[other])[0, 1]))) for other in others]
    return max(pairs, key=lambda pair: pair[1], default=None)
