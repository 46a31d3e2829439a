"""How well a feature tells a protected attribute, and how well all of them together do."""

from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

FOLDS, ROUNDS, LEAVES = 2, 20, 8
LEAST = 100  # members, below which the AUC of a group is mostly chance


def proxy_gini(ranks: pd.Series, groups: pd.Series) -> float:
    """Return how well a feature tells a protected attribute: the largest |2 AUC - 1| of one group against the rest.

    0 is no relation, 1 a perfect proxy. The AUC comes from the rank sum of Mann and Whitney (1947); ``ranks`` are the
    feature's, from 1 on, ties at their mean.
    """
    inside = ranks.groupby(groups).agg(["sum", "size"])
    outside = len(ranks) - inside["size"]
    auc = (inside["sum"] - inside["size"] * (inside["size"] + 1) / 2) / (inside["size"] * outside)
    return float((2 * auc - 1).abs().max()) if len(inside) > 1 else 0.0


def joint_proxies(values: pd.DataFrame, groups: pd.DataFrame, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Return for each protected attribute how well boosted trees tell its groups from all features at once.

    Single features can each be a weak proxy, and together a strong one. Boosting (scikit-learn's) predicts the groups
    of people that it has not learned from, in `FOLDS` folds; ``gini`` is the largest |2 AUC - 1| of one group of at
    least `LEAST` members against the rest, ``group`` that group; both are None if there are no two such groups.

    Parameters
    ----------
    values
        The features, a row an applicant; NaN where missing.
    groups
        Every applicant's group of each attribute, text.
    seed
        Of the folds.
    """
    with threadpool_limits(1):  # the order of additions must not depend on the number of threads
        return {str(name): _strongest(values, groups[name].astype(str), seed) for name in groups}


def _strongest(values: pd.DataFrame, groups: pd.Series, seed: int) -> dict[str, Any]:
    counts = groups.value_counts()
    large = sorted(counts.index[counts >= LEAST])
    if len(large) < 2:
        return {"gini": None, "group": None}
    rows = groups.isin(large).to_numpy()
    chances = _predicted(values[rows], groups[rows], seed)
    ginis = {name: proxy_gini(chances[name].rank(), (groups[rows] == name).astype(str)) for name in large}
    group = max(ginis, key=lambda name: (ginis[name], name))
    return {"gini": ginis[group], "group": group}


def _predicted(values: pd.DataFrame, groups: pd.Series, seed: int) -> pd.DataFrame:
    """Return the chance of each group for each applicant, from a model that has not seen the applicant."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS, max_leaf_nodes=LEAVES, early_stopping=False, random_state=seed
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    chances = cross_val_predict(model, values.to_numpy(), groups.to_numpy(), cv=folds, method="predict_proba")
    return pd.DataFrame(chances, groups.index, sorted(groups.unique()))
