"""The golden applicants come from the contract alone, whatever ranges it gives."""

import pytest

from takeback.decisions.golden import applicants


@pytest.mark.parametrize(
    ("limits", "low", "high"),
    [
        ({"min": None, "max": None}, 0, 1000),
        ({"min": 50.0, "max": None}, 50, 1050),
        ({"min": None, "max": 20.0}, 0, 20),
        ({"min": None, "max": -5.0}, -5, -5),
    ],
)
def test_a_number_without_a_limit_has_a_range_all_the_same(taiwan, limits, low, high):
    columns = {**taiwan.columns, "BILL_AMT1": taiwan.columns["BILL_AMT1"].model_copy(update=limits)}
    made = applicants(taiwan.model_copy(update={"columns": columns}))
    numbers = [float(row["BILL_AMT1"]) for row in made if row["BILL_AMT1"] is not None]
    assert (min(numbers), max(numbers)) == pytest.approx((low, high))
