import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeback.common.errors import UserError
from takeback.config.params import Selection
from takeback.data.fields import Quarantine
from takeback.data.ingestion import application_columns, groups_of, ingest
from takeback.preparation.selection import information_value, ordered, select, variance_inflation

SETTINGS = Selection(exclude=(), bins=10, min_information_value=0, max_correlation=1, max_proxy_gini=1)


@pytest.fixture(scope="module")
def training(taiwan, taiwan_rows):
    contract = taiwan.model_copy(update={"quarantine": Quarantine(max_share=0, min_rows=1)})
    table = ingest(contract, taiwan_rows).applications
    columns = application_columns(contract, table)
    groups = {name: groups_of(contract, columns, name) for name in contract.protected}
    return pd.DataFrame(columns), pd.Series(table["bad"].to_numpy().astype(float)), pd.DataFrame(groups)


def verdict(contract, training, name, **limits):
    result = select(contract, SETTINGS.model_copy(update=limits), *training)
    assert (name in result["selected"]) == result["features"][name]["selected"]
    return result["features"][name]["selected"], result["features"][name]["why"]


def test_information_value_of_a_hand_worked_example():
    # 0: 40 good, 10 bad; 1: 20 good, 30 bad. With half a case more in each: 40.5, 10.5 and 20.5, 30.5.
    values = pd.Series(np.repeat([0.0, 1.0], 50))
    bad = pd.Series(np.repeat([0.0, 1.0, 0.0, 1.0], [40, 10, 20, 30]))
    low = (40.5 / 61 - 10.5 / 41) * math.log((40.5 / 61) / (10.5 / 41))
    high = (20.5 / 61 - 30.5 / 41) * math.log((20.5 / 61) / (30.5 / 41))
    assert information_value(values, bad, 2) == pytest.approx(low + high)
    assert low + high == pytest.approx(0.7126, abs=5e-5)


@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 2.5, 7.0, np.nan]), st.booleans()), min_size=2, max_size=40))
def test_information_value_follows_its_formula(rows):
    values, bad = pd.Series([v for v, _ in rows]), pd.Series([b for _, b in rows], dtype=float)
    counts = pd.DataFrame({"value": values, "bad": bad}).groupby("value", dropna=False)["bad"].agg(["sum", "size"])
    goods, bads = counts["size"] - counts["sum"] + 0.5, counts["sum"] + 0.5
    share = pd.DataFrame({"good": goods / goods.sum(), "bad": bads / bads.sum()})
    expected = ((share["good"] - share["bad"]) * np.log(share["good"] / share["bad"])).sum()
    assert information_value(values, bad, 50) == pytest.approx(expected, abs=1e-12)


def test_a_planted_proxy_is_dropped(taiwan, training):
    columns, bad, groups = training
    noise = np.random.default_rng(1).normal(0, 0.3, len(bad))
    planted = (columns.assign(PAY_AMT6=columns["SEX"] + noise), bad, groups)
    assert verdict(taiwan, training, "PAY_AMT6", max_proxy_gini=0.9)[0]
    selected, why = verdict(taiwan, planted, "PAY_AMT6", max_proxy_gini=0.9)
    assert not selected
    assert why.startswith("a proxy of sex: Gini 0.9")
    assert why.endswith("above 0.9")


def test_of_two_twins_the_weaker_is_dropped_and_says_so(taiwan, training):
    columns, bad, groups = training
    twin = np.where(np.arange(len(bad)) % 50 == 0, 0, -2 * columns["PAY_0"])
    planted = (columns.assign(PAY_AMT6=twin), bad, groups)
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
    backwards = [each[::-1].reset_index(drop=True) for each in training]
    limits = Selection(exclude=(), bins=10, min_information_value=0.01, max_correlation=0.9, max_proxy_gini=0.3)
    assert select(taiwan, limits, *training) == select(taiwan, limits, *training)
    assert select(taiwan, limits, *training)["selected"] == select(taiwan, limits, *backwards)["selected"]


def test_missing_values_rank_lowest(taiwan, training):
    columns, bad, groups = training
    female, odd = groups["sex"] == "female", np.arange(len(bad)) % 2 == 1
    values = pd.Series(1.0, bad.index).mask(female, 2.0).mask(female & odd, np.nan)
    found = select(taiwan, SETTINGS, columns.assign(PAY_AMT6=values), bad, groups)["features"]["PAY_AMT6"]
    missing = (female & odd).sum() / female.sum()
    assert found["proxy_gini"]["sex"] == pytest.approx(abs(2 * (1 - missing) - 1))


def test_levels_without_an_order_stand_in_the_order_of_their_bad_rates(german):
    """The order of the contract does not matter, and what is rare among the bad stands first."""
    levels = np.arange(len(german.levels["purpose"]), dtype=float)
    columns = pd.DataFrame({name: np.zeros(40 * len(levels)) for name in german.columns})
    columns["purpose"] = np.tile(levels, 40)
    rates = np.random.default_rng(0).permutation(levels) / len(levels)
    bad = pd.Series((np.repeat(np.arange(40), len(levels)) < 40 * np.tile(rates, 40)).astype(float))
    purpose = ordered(german, columns, bad)["purpose"]
    assert (bad.groupby(purpose).mean().diff().dropna() > 0).all()
    assert sorted(purpose.unique()) == [*levels]


def test_variance_inflation_is_that_of_regressions():
    random = np.random.default_rng(0)
    values = pd.DataFrame(random.normal(size=(500, 3)), columns=["a", "b", "c"])
    values["d"] = values["a"] + 0.3 * random.normal(size=500)
    ranks = values.rank()
    found = variance_inflation(values)
    for name in values:
        others = np.column_stack([np.ones(500), ranks.drop(columns=name)])
        residual = ranks[name] - others @ np.linalg.lstsq(others, ranks[name], rcond=None)[0]
        assert found[name] == pytest.approx(ranks[name].var(ddof=0) / residual.var(ddof=0), rel=1e-3)
    assert found["a"] > 5 > found["b"]
    twin = variance_inflation(values.assign(e=values["b"], f=1.0))
    assert twin["e"] > 1e4
    assert twin["f"] == pytest.approx(1, abs=1e-3)
