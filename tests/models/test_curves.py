"""Curves score as they read, and are what scikit-learn's splines and lines are."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, SplineTransformer, StandardScaler

from takeback.common.errors import UserError
from takeback.common.files import rounded
from takeback.models.additive import sum_of_curves
from takeback.models.curves import Curve, CurveTable, curves_from

TABLE = CurveTable(
    -1.0,
    {
        # 0 before 10, then t^2 until 20, then 1 + 2 (t - 1)
        "late": Curve((10.0, 20.0), ((0.0,), (0.0, 0.0, 1.0), (-1.0, 2.0)), 0.5),
        "income": Curve((), ((1.0, -0.25),), 3.0),
        "few": Curve((2.0,), ((0.0,), (0.0, 0.5)), 0.0),
    },
)


def test_worked_by_hand():
    matrix = np.array(
        [[5, 0, 0], [10, 4, 2], [15, -4, 3], [20, 0, 1], [30, 0, 0], [np.nan, np.nan, np.nan]], dtype=np.float32
    )
    assert TABLE.margin(matrix).tolist() == [0.0, 0.0, 2.75, 1.0, 3.0, 2.5]


@given(st.lists(st.tuples(*[st.floats(-50, 50, width=32) | st.just(float("nan"))] * 3), min_size=1, max_size=30))
def test_a_row_alone_gives_the_bits_it_gives_in_a_batch(rows):
    matrix = np.array(rows, dtype=np.float32)
    assert [TABLE.margin(matrix[i : i + 1])[0] for i in range(len(matrix))] == TABLE.margin(matrix).tolist()


def test_json_and_back_gives_the_same_curves():
    assert curves_from(TABLE.to_dict()) == TABLE
    assert curves_from(rounded(TABLE.to_dict())) == TABLE


def test_contributions_add_up_to_the_margin():
    matrix = np.array([[5, 1, 2], [17, 2, 3], [np.nan, 3, 4]], dtype=np.float32)
    margin = TABLE.margin(matrix)
    assert np.allclose(TABLE.contributions(matrix).sum(axis=1), margin - margin.mean())


SCALERS = [None, StandardScaler(), MinMaxScaler(), MaxAbsScaler(), RobustScaler()]
SPLINES = [
    None,
    *(
        SplineTransformer(n_knots=4, degree=degree, knots=knots, extrapolation=beyond, include_bias=bias)
        for degree, knots, beyond, bias in itertools.product(
            (2, 3), ("uniform", "quantile"), ("constant", "linear", "continue"), (True, False)
        )
    ),
]


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
@pytest.mark.parametrize(
    "spline", SPLINES, ids=lambda s: str(s and (s.degree, s.knots, s.extrapolation, s.include_bias))
)
def test_a_pipeline_is_its_curves_also_beyond_what_it_saw(training, scaler, spline):
    steps = [step for step in (SimpleImputer(), scaler, spline, scaler and StandardScaler()) if step is not None]
    pipeline = make_pipeline(*steps, LogisticRegression()).fit(training.matrix, training.bad)
    table = sum_of_curves(pipeline, training.names)
    rows = np.concatenate([training.matrix, training.matrix * 2, training.matrix - 1])
    assert np.abs(table.margin(rows) - pipeline.decision_function(rows)).max() < 1e-4
    # The estimator computes in float32, so the same rows in float64 are nearer.
    exact = pipeline.decision_function(rows.astype(float))
    assert np.abs(table.margin(rows) - exact).max() < 1e-6 * max(1, np.abs(exact).max())


def test_knots_that_fall_together_and_missing_values_without_an_imputer(training):
    capped = training._replace(matrix=np.clip(training.matrix, 0, 1))  # most of it lies on a boundary
    splines = SplineTransformer(knots="quantile", handle_missing="zeros")
    pipeline = make_pipeline(splines, LogisticRegression()).fit(capped.matrix, capped.bad)
    table = sum_of_curves(pipeline, capped.names)
    assert np.abs(table.margin(capped.matrix) - pipeline.decision_function(capped.matrix)).max() < 1e-6


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([SimpleImputer(add_indicator=True)], "adds or leaves out columns"),
        ([SimpleImputer(), MinMaxScaler(clip=True)], "a scaler that clips"),
        ([SimpleImputer(), SplineTransformer(extrapolation="periodic")], "the extrapolation 'periodic'"),
        ([SimpleImputer(), SplineTransformer(), SplineTransformer()], "before other splines"),
        ([SplineTransformer(handle_missing="zeros"), StandardScaler(), SimpleImputer()], "or an imputer"),
    ],
)
def test_a_step_without_a_curve_is_refused(training, steps, words):
    pipeline = make_pipeline(*steps, LogisticRegression()).fit(training.matrix, training.bad)
    with pytest.raises(ValueError, match=words):
        sum_of_curves(pipeline, training.names)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"edges": [2.0, 1.0], "pieces": [[0.0]] * 3}, "expected rising numbers"),
        ({"edges": [1.0], "pieces": [[0.0]] * 3}, "one piece more"),
        ({"pieces": [[0.0] * 11]}, "at most 10"),
        ({"pieces": [[]]}, "at least 1"),
        ({"missing": None}, "valid number"),
        ({"reason": "late"}, "unknown key"),
    ],
)
def test_what_is_no_curve_is_refused(change, words):
    one = {"name": "x", "edges": [], "pieces": [[0.0, 1.0]], "missing": 0.0}
    with pytest.raises(UserError, match=words):
        curves_from({"intercept": 0.0, "inputs": [{**one, **change}]})
