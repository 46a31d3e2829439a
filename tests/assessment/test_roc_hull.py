"""H-measure and EMP against an independent library, numerical integration, and examples worked by hand."""

import numpy as np
import pytest
from empulse.metrics import empcs_score
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from takeback.assessment.roc_hull import expected_maximum_profit, h_measure, hull
from tests.assessment.tables import ranking

outcomes = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: len({bad for _, bad in rows}) == 2
)


def arrays(rows):
    return np.array([pd / 20 for pd, _ in rows]), np.array([float(bad) for _, bad in rows])


@given(outcomes)
def test_emp_is_that_of_an_independent_library(rows):
    pd, bad = arrays(rows)
    assert ranking(pd, bad)["emp"] == pytest.approx(empcs_score(bad, pd), abs=1e-9)


@given(outcomes)
def test_emp_is_never_more_than_what_a_perfect_ranking_earns(rows):
    pd, bad = arrays(rows)
    assert 0 <= ranking(pd, bad)["emp"] <= (0.1 + 0.35 / 2) * bad.mean() + 1e-12
    assert ranking(bad, bad)["emp"] == pytest.approx((0.1 + 0.35 / 2) * bad.mean())


def test_emp_by_hand():
    # A piece of 3 bads and 1 good is declined where lambda is above .2644 / 3; one of 1 bad and 5 goods never.
    pd, bad = np.array([0.9] * 4 + [0.1] * 6), np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 0.0])
    earned = 0.1 * (3 - 0.2644) + 0.35 * quad(lambda share: 3 * share - 0.2644, 0.2644 / 3, 1)[0]
    assert ranking(pd, bad)["emp"] == pytest.approx(earned / 10)


@given(outcomes)
def test_the_h_measure_is_the_loss_that_is_saved_integrated_over_the_costs(rows):
    pd, bad = arrays(rows)
    cost = np.linspace(0, 1, 4001)
    density = beta(1 + bad.mean(), 2 - bad.mean()).pdf(cost)

    def loss(thresholds):
        good_declined = np.array([((pd >= t) & (bad == 0)).mean() for t in thresholds])
        bad_approved = np.array([((pd < t) & (bad == 1)).mean() for t in thresholds])
        return np.trapezoid(
            density * (np.outer(cost, good_declined) + np.outer(1 - cost, bad_approved)).min(axis=1), cost
        )

    assert ranking(pd, bad)["h_measure"] == pytest.approx(1 - loss([*pd, 2.0]) / loss([0.0, 2.0]), abs=1e-4)


@given(outcomes)
def test_the_h_measure_is_0_for_one_pd_and_1_for_a_perfect_ranking(rows):
    pd, bad = arrays(rows)
    assert ranking(np.full(len(bad), 0.3), bad)["h_measure"] == pytest.approx(0, abs=1e-12)
    assert ranking(bad, bad)["h_measure"] == pytest.approx(1)
    assert -1e-12 <= ranking(pd, bad)["h_measure"] <= 1 + 1e-12


def test_the_hull_of_points_by_hand():
    # Bad rates 1, 0, 1/2, 1/4 and nobody: the second and third are out of order and become one piece of 1/3.
    bads, goods = hull(np.array([2.0, 0, 1, 1, 0]), np.array([0.0, 1, 1, 3, 0]))
    assert (bads.tolist(), goods.tolist()) == ([2, 1, 1], [0, 2, 3])


@pytest.mark.parametrize("measure", [h_measure, expected_maximum_profit])
@pytest.mark.parametrize(("bads", "goods"), [([], []), ([0.0], [0.0]), ([2.0, 1.0], [0.0, 0.0]), ([0.0], [3.0])])
def test_one_class_or_nobody_has_no_measure(measure, bads, goods):
    assert np.isnan(measure(*hull(np.array(bads), np.array(goods))))
