"""Each metric for one set of weights, mostly scikit-learn's, against the same for many, of which intervals are made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.assessment.metrics import METRICS, replicates
from tests.assessment.tables import table_of

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 2), st.integers(0, 3), st.integers(1, 9)),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_one_set_of_weights_gives_what_many_give(taiwan_config, rows):
    pds, bad, decision, weight, amount = (np.array(column, float) for column in zip(*rows, strict=True))
    scored = table_of(pds / 5, bad, decision.astype(np.int8), amount, taiwan_config.policy)
    weight[0] = max(weight[0], 1)  # nobody at all is no resample
    many = replicates(scored, np.stack([weight, np.ones(len(rows))]), METRICS)
    assert many.keys() == {name for name, metric in METRICS.items() if metric.many}
    for name in many:
        metric = METRICS[name]
        one = [metric.value(scored, weight), metric.value(scored, None)]
        assert many[name] == pytest.approx(one, rel=1e-6, abs=1e-9, nan_ok=True), name
