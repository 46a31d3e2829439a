import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from takeback.common.errors import UserError
from takeback.config.params import Selection
from takeback.data.contract import Quarantine
from takeback.data.ingestion import application_columns, groups_of, ingest
from takeback.preparation.selection import information_value, proxy_gini, select

SETTINGS = Selection(exclude=(), bins=10, min_information_value=0, max_correlation=1, max_proxy_gini=1)


@pytest.fixture(scope="module")
def training(taiwan, taiwan_rows):
    contract = taiwan.model_copy(update={"quarantine": Quarantine(max_share=0, min_rows=1)})
    table = ingest(contract, taiwan_rows).applications
    columns = application_columns(contract, table)
    groups = {name: groups_of(contract, columns, name) for name in contract.protected}
    return columns, table["bad"].to_numpy().astype(float), groups


def verdict(contract, training, name, **limits):
    result = select(contract, SETTINGS.model_copy(update=limits), *training)
    assert (name in result["selected"]) == result["features"][name]["selected"]
    return result["features"][name]["selected"], result["features"][name]["why"]


def test_information_value_of_a_hand_worked_example():
    # 0: 40 good, 10 bad; 1: 20 good, 30 bad. With half a case more in each: 40.5, 10.5 and 20.5, 30.5.
    values = np.repeat([0.0, 1.0], 50)
    bad = np.repeat([0.0, 1.0, 0.0, 1.0], [40, 10, 20, 30])
    low = (40.5 / 61 - 10.5 / 41) * math.log((40.5 / 61) / (10.5 / 41))
    high = (20.5 / 61 - 30.5 / 41) * math.log((20.5 / 61) / (30.5 / 41))
    assert information_value(values, bad, 2) == pytest.approx(low + high)
    assert low + high == pytest.approx(0.7126, abs=5e-5)


@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 2.5, 7.0, np.nan]), st.booleans()), min_size=2, max_size=40))
def test_information_value_follows_its_formula(rows):
    values, bad = np.array([v for v, _ in rows]), np.array([b for _, b in rows], dtype=float)
    counts = pd.DataFrame({"value": values, "bad": bad}).groupby("value", dropna=False)["bad"].agg(["sum", "size"])
    goods, bads = counts["size"] - counts["sum"] + 0.5, counts["sum"] + 0.5
    share = pd.DataFrame({"good": goods / goods.sum(), "bad": bads / bads.sum()})
    expected = ((share["good"] - share["bad"]) * np.log(share["good"] / share["bad"])).sum()
    assert information_value(values, bad, 50) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.tuples(st.sampled_from([-3.0, 0.0, 1.0, 1.5, np.nan]), st.booleans()), min_size=2))
def test_proxy_gini_is_that_of_scikit_learn(rows):
    values, member = np.array([v for v, _ in rows]), np.array([m for _, m in rows])
    score = proxy_gini(values, np.where(member, "a", "b"))
    if member.all() or not member.any():
        assert score == 0
    else:
        assert score == pytest.approx(abs(2 * roc_auc_score(member, np.nan_to_num(values, nan=-9)) - 1))


def test_proxy_gini_is_that_of_the_group_it_tells_best():
    groups = np.array(["a", "b", "c"] * 20)
    assert proxy_gini(np.where(groups == "c", 5.0, 1.0), groups) == 1
    assert proxy_gini(np.ones(60), groups) == 0


def test_a_planted_proxy_is_dropped(taiwan, training):
    columns, bad, groups = training
    noise = np.random.default_rng(1).normal(0, 0.3, len(bad))
    planted = ({**columns, "PAY_AMT6": columns["SEX"] + noise}, bad, groups)
    assert verdict(taiwan, training, "PAY_AMT6", max_proxy_gini=0.9)[0]
    selected, why = verdict(taiwan, planted, "PAY_AMT6", max_proxy_gini=0.9)
    assert not selected
    assert why.startswith("a proxy of sex: Gini 0.9")
    assert why.endswith("above 0.9")


def test_of_two_twins_the_weaker_is_dropped_and_says_so(taiwan, training):
    columns, bad, groups = training
    twin = np.where(np.arange(len(bad)) % 50 == 0, 0, -2 * columns["PAY_0"])
    planted = ({**columns, "PAY_AMT6": twin}, bad, groups)
    result = select(taiwan, SETTINGS, *planted)["features"]
    assert result["PAY_0"]["information_value"] > result["PAY_AMT6"]["information_value"]
    assert verdict(taiwan, planted, "PAY_0", max_correlation=0.9)[0]
    selected, why = verdict(taiwan, planted, "PAY_AMT6", max_correlation=0.9)
    assert not selected
    assert why.endswith(" with PAY_0, which says more")


def test_excluded_and_weak_features_are_dropped(taiwan, training):
    assert verdict(taiwan, training, "PAY_0", exclude=("PAY_0",)) == (False, "excluded by features.exclude")
    selected, why = verdict(taiwan, training, "PAY_AMT6", min_information_value=0.5)
    assert not selected
    assert why.endswith("below 0.5")
    with pytest.raises(UserError, match="no feature is left"):
        verdict(taiwan, training, "PAY_0", min_information_value=5)


def test_selection_knows_every_feature_and_no_protected_column(taiwan, training):
    result = select(taiwan, SETTINGS, *training)
    assert result["selected"] == list(result["features"]) == list(taiwan.features)
    assert set(result["features"]["PAY_0"]["proxy_gini"]) == {"sex", "education", "marital_status", "age"}


def test_selection_is_the_same_every_time(taiwan, training):
    columns, bad, groups = training
    backwards = np.arange(len(bad))[::-1]
    shuffled = (
        {n: v[backwards] for n, v in columns.items()},
        bad[backwards],
        {n: g[backwards] for n, g in groups.items()},
    )
    limits = Selection(exclude=(), bins=10, min_information_value=0.01, max_correlation=0.9, max_proxy_gini=0.3)
    assert select(taiwan, limits, *training) == select(taiwan, limits, *training)
    assert select(taiwan, limits, *training)["selected"] == select(taiwan, limits, *shuffled)["selected"]
