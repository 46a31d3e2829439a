"""The tables of `dvc plots` against the curves that they are made of."""

import pandas as pd
import pytest

from takeback.report.plot_tables import plot_tables

ROC = pd.DataFrame({"false_positive_rate": [0.0, 0.4, 1.0], "true_positive_rate": [0.0, 0.7, 1.0]})
BINS = pd.DataFrame({"count": [10, 20], "mean_pd": [0.1, 0.4], "bad_rate": [0.2, 0.3]})
LEARNING = pd.DataFrame(
    {"round": [1, 2], "train_logloss": [0.6, 0.5], "train_auc": [0.7, 0.8], "validation_logloss": [0.65, 0.64]}
)
NONE = pd.DataFrame()


def candidate(share, learning=NONE):
    importance = pd.DataFrame({"feature": [f"of {share}"], "mean_absolute_contribution": [share]})
    return {"roc": ROC * share, "calibration": BINS, "importance": importance, "learning_curve": learning}


@pytest.fixture
def metrics():
    """A rule without rounds and two models with them; the second is the champion."""
    candidates = {"rule": candidate(0.5), "boosting": candidate(1.0, LEARNING), "other": candidate(0.9, LEARNING)}
    return {"candidates": candidates, "choice": {"champion": "boosting"}}


def test_each_candidate_has_its_curve_under_its_name(metrics):
    tables = plot_tables(metrics)
    roc = tables["roc"]
    assert roc["model"].tolist() == ["rule"] * 3 + ["boosting"] * 3 + ["other"] * 3
    assert roc[roc["model"] == "rule"]["true_positive_rate"].tolist() == [0.0, 0.35, 0.5]
    assert tables["calibration"].groupby("model")["count"].sum().to_dict() == {"rule": 30, "boosting": 30, "other": 30}


def test_importance_is_that_of_the_champion(metrics):
    assert plot_tables(metrics)["importance"].to_numpy().tolist() == [["of 1.0", 1.0]]


def test_the_learning_curve_has_a_line_for_each_part_of_each_candidate_that_learns(metrics):
    losses = plot_tables(metrics)["learning_curve"]
    lines = {model: line["log_loss"].tolist() for model, line in losses.groupby("model")}
    assert lines == {
        f"{name}, {part}": values
        for name in ("boosting", "other")
        for part, values in {"training": [0.6, 0.5], "validation": [0.65, 0.64]}.items()
    }
    assert losses["round"].tolist() == [1, 2] * 4
    assert list(losses) == ["model", "round", "log_loss"]


def test_without_rounds_there_is_no_learning_curve(metrics):
    metrics["candidates"] = {"boosting": candidate(1.0)}
    assert plot_tables(metrics).keys() == {"roc", "calibration", "importance"}
