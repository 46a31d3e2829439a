"""The scorecard against scikit-learn's logistic regression on the same indicators."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from takeback.data.encoding import bin_edges
from takeback.models.logistic import ScorecardClassifier


def test_without_bounds_it_is_ridge_logistic_regression(taiwan_config, training):
    free = training._replace(directions=(0, 0, 0))
    settings = taiwan_config.model["logistic"]
    card = ScorecardClassifier(settings.bins, settings.l2).fit(free.matrix, free.bad)
    columns = free.matrix.T
    design = np.column_stack([indicators(c, bin_edges(c, settings.bins)) for c in columns])
    oracle = LogisticRegression(C=1 / settings.l2, tol=1e-8, max_iter=2000).fit(design, free.bad)
    expected = oracle.predict_proba(design)[:, 1]
    assert np.abs(card.predict_proba(free.matrix)[:, 1] - expected).max() < 2e-4


def indicators(values, edges):
    """Whether x >= edge, for each edge, and whether x is missing."""
    return np.column_stack([*[values >= np.float32(edge) for edge in edges], np.isnan(values)])


def test_many_values_are_cut_at_quantiles_and_few_at_each():
    assert bin_edges(np.arange(100, dtype=np.float32), 4) == (25.0, 50.0, 75.0)
    assert bin_edges(np.array([0] * 97 + [1, 2, 8], dtype=np.float32), 4) == (1.0, 2.0, 8.0)
    assert bin_edges(np.repeat([0.0, *range(1, 31)], [90, *[1] * 30]).astype(np.float32), 4) == (1.0,)
    assert bin_edges(np.array([5, 5, 5], dtype=np.float32), 4) == ()
    assert bin_edges(np.array([np.nan], dtype=np.float32), 4) == ()


def test_a_constant_and_an_empty_feature_are_harmless(training):
    columns = [training.matrix[:, 0], np.ones(3000), np.full(3000, np.nan)]
    odd = training._replace(matrix=np.column_stack(columns).astype(np.float32), directions=(1, 0, 0))
    card = ScorecardClassifier(monotonic_cst=odd.directions).fit(odd.matrix, odd.bad)
    assert np.isfinite(card.decision_function(odd.matrix)).all()
