"""A small credit data set whose truth is known."""

import numpy as np
import pytest

from takeback.models.training import Training


@pytest.fixture(scope="session")
def training() -> Training:
    """Late payments raise the PD, income lowers it, noise does nothing; some income is missing."""
    random = np.random.default_rng(7)
    late = random.integers(0, 4, 3000).astype(np.float32)
    income = random.normal(0, 1, 3000).astype(np.float32)
    noise = random.normal(0, 1, 3000).astype(np.float32)
    bad = (random.random(3000) < 1 / (1 + np.exp(1.5 - late + income))).astype(float)
    income[::50] = np.nan
    return Training(np.column_stack([late, income, noise]), bad, ("late", "income", "noise"), (1, -1, 0), {})
