"""Proxies of one feature against scikit-learn, and of all together against what is planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from takeback.preparation.proxies import joint_proxies, proxy_gini


@given(st.lists(st.tuples(st.sampled_from([-3.0, 0.0, 1.0, 1.5, np.nan]), st.booleans()), min_size=2))
def test_proxy_gini_is_that_of_scikit_learn(rows):
    values, member = pd.Series([v for v, _ in rows]), np.array([m for _, m in rows])
    score = proxy_gini(values.rank(na_option="top"), pd.Series(np.where(member, "a", "b")))
    if member.all() or not member.any():
        assert score == 0
    else:
        assert score == pytest.approx(abs(2 * roc_auc_score(member, np.nan_to_num(values, nan=-9)) - 1))


def test_proxy_gini_is_that_of_the_group_it_tells_best():
    groups = pd.Series(["a", "b", "c"] * 20)
    assert proxy_gini((groups == "c").rank(), groups) == 1
    assert proxy_gini(pd.Series(np.ones(60)).rank(), groups) == 0


@pytest.fixture(scope="module")
def applicants():
    """Return two features that each tell nothing, and together tell sex but for noise; age is told by neither."""
    random = np.random.default_rng(0)
    values = pd.DataFrame(random.normal(size=(2000, 2)), columns=["one", "other"])
    male = (values["one"] * values["other"] > 0) ^ (random.random(2000) < 0.1)
    values.loc[::50, "one"] = np.nan
    age = random.choice(["young", "old"], 2000)
    return values, pd.DataFrame({"sex": np.where(male, "male", "female"), "age": age})


def test_two_weak_proxies_can_be_a_strong_one_together(applicants):
    values, groups = applicants
    assert all(proxy_gini(values[name].rank(na_option="top"), groups["sex"]) < 0.1 for name in values)
    found = joint_proxies(values, groups)
    assert found["sex"]["gini"] > 0.6
    assert found["age"]["gini"] < 0.1


def test_features_that_were_learned_by_heart_are_no_proxies():
    random = np.random.default_rng(1)
    values = pd.DataFrame(random.normal(size=(400, 10)))
    groups = pd.DataFrame({"g": random.choice(["a", "b"], 400)})
    assert joint_proxies(values, groups)["g"]["gini"] < 0.25


def test_small_groups_are_left_out(applicants):
    values, groups = applicants
    small = groups.assign(age=np.where(np.arange(2000) < 99, "old", "young"))
    assert joint_proxies(values, small)["age"] == {"gini": None, "group": None}
    third = groups.assign(sex=np.where(np.arange(2000) < 99, "other", groups["sex"]))
    assert joint_proxies(values, third)["sex"]["group"] in ("male", "female")


def test_the_same_numbers_on_any_number_of_threads(applicants):
    with threadpool_limits(2):
        two = joint_proxies(*applicants)
    assert two == joint_proxies(*applicants)
