import numpy as np
import pytest

from takeback.data.encoding import directions, encoded_names, feature_of, matrix, with_derived
from takeback.data.fields import Column

NAN = np.nan
HOUSING = ("housing=own", "housing=rent", "housing=for free")


@pytest.fixture
def columns(german):
    """Three applicants; every category and number that is not named is 0."""
    rest = {name: np.zeros(3) for name in german.columns}
    return {
        **rest,
        "housing": np.array([0, 2, NAN]),
        "checking_status": np.array([3, 0, NAN]),
        "credit_amount": np.array([1200.0, 0.1, NAN]),
        "duration": np.array([12.0, 0, 6]),
        "savings_status": np.array([0, 1, NAN]),
    }


def test_a_category_is_one_column_a_level_and_anything_else_one(german):
    features = ("duration", "housing", "checking_status", "monthly_amount")
    assert encoded_names(german, features) == ("duration", *HOUSING, "checking_status", "monthly_amount")
    assert encoded_names(german, ()) == ()


def test_a_level_with_an_equals_sign_keeps_its_feature(german):
    names = encoded_names(german, ["savings_status"])
    assert "savings_status=100<=X<500" in names
    assert {feature_of(name) for name in names} == {"savings_status"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("housing=own", [1, 0, NAN]),
        ("housing=rent", [0, 0, NAN]),
        ("housing=for free", [0, 1, NAN]),
        ("checking_status", [3, 0, NAN]),
        ("credit_amount", [1200, np.float32(0.1), NAN]),
        ("monthly_amount", [100, NAN, NAN]),
        ("no_savings", [1, 0, 0]),
        ("savings_status=100<=X<500", [0, 1, NAN]),
    ],
)
def test_each_kind_of_feature_becomes_numbers(german, columns, name, expected):
    np.testing.assert_array_equal(matrix(german, columns, [name])[:, 0], expected)


def test_the_matrix_is_float32_in_the_order_of_its_names(german, columns):
    names = ("monthly_amount", *reversed(HOUSING), "duration")
    result = matrix(german, columns, names)
    assert (result.dtype, result.shape) == (np.float32, (3, 5))
    for position, name in enumerate(names):
        np.testing.assert_array_equal(result[:, position], matrix(german, columns, [name])[:, 0])


def test_what_is_derived_is_computed_from_columns_alone_and_on_demand(german, columns):
    wanted = with_derived(german, columns, ["duration", "monthly_amount"])
    assert set(wanted) == {*columns, "monthly_amount"}
    again = with_derived(german, wanted, ["monthly_amount"])
    np.testing.assert_array_equal(again["monthly_amount"], wanted["monthly_amount"])
    assert "monthly_amount" not in columns


@pytest.mark.parametrize("data", ["taiwan", "german"])
def test_no_protected_column_is_ever_encoded(request, data):
    contract = request.getfixturevalue(data)
    protected = {name for name, column in contract.columns.items() if column.role == "protected"}
    used = {feature_of(name) for name in encoded_names(contract, contract.features)}
    assert protected
    assert used == set(contract.features)
    assert not used & protected


def test_directions_are_those_of_the_contract(german):
    names = ("duration", "employment", "housing=own", "no_savings", "monthly_amount")
    assert directions(german, names) == (1, -1, 0, 1, 0)


def test_many_levels_take_no_time():
    """Each level is looked up by its name: 10,000 inputs of 1,000 levels each took seconds."""
    levels = [f"level {i}" for i in range(1000)]
    column = Column(type="category", levels=levels)
    assert column.places == {level: i for i, level in enumerate(column.values)}
    assert column.values is column.values
