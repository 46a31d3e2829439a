"""What thresholds by group would give, held against a count by hand."""

import numpy as np
import pandas as pd
import pytest

from takeback.extras.alternatives.group_thresholds import approval_probability, compare_thresholds
from takeback.preparation.parts import Part


@pytest.fixture(scope="module")
def parts():
    """PDs that tell outcomes, and of which group b has higher ones."""
    random = np.random.default_rng(4)

    def part(rows):
        group = pd.Series(np.where(random.random(rows) < 0.4, "b", "a"))
        pd_ = np.clip(random.beta(2, 5, rows) + 0.15 * (group == "b"), 0, 1).to_numpy()
        bad = pd.Series((random.random(rows) < pd_).astype(float))
        return pd_, Part(pd.Series(map(str, range(rows))), pd.DataFrame(), bad, pd.DataFrame({"sex": group}))

    return part(4000), part(4000)


def test_groups_are_approved_as_often_as_each_other_though_their_pds_differ(parts):
    approves, group = approval_probability(*parts, "sex"), parts[1][1].groups["sex"]
    rates = [approves[group == name].mean() for name in ("a", "b")]
    assert rates[0] == pytest.approx(rates[1], abs=0.04)
    assert 0.1 < rates[0] < 0.9


def test_within_a_group_a_lower_pd_is_never_approved_less(parts):
    approves = approval_probability(*parts, "sex")
    pd_, part = parts[1]
    for name in ("a", "b"):
        member = (part.groups["sex"] == name).to_numpy()
        assert (np.diff(approves[member][np.argsort(pd_[member], kind="stable")]) <= 1e-12).all()


def test_outcomes_of_those_who_validate_are_not_read(parts):
    calibration, (pd_, part) = parts
    turned = calibration, (pd_, part._replace(bad=1 - part.bad))
    assert (approval_probability(*parts, "sex") == approval_probability(*turned, "sex")).all()


@pytest.mark.parametrize("side", [0, 1], ids=["calibration", "validation"])
def test_a_group_with_one_outcome_or_nobody_to_learn_from_has_none(parts, side):
    pd_, part = parts[side]
    few = part.groups.index <= 2
    groups = part.groups.assign(sex=part.groups["sex"].mask(few, "c"))
    strange = part._replace(groups=groups, bad=part.bad.mask(few, 0.0))
    changed = [(pd_, strange) if index == side else given for index, given in enumerate(parts)]
    assert approval_probability(*changed, "sex") is None


def test_each_judged_attribute_has_what_it_would_give(subject):
    first, again = (compare_thresholds(subject, "logistic", 1000) for _ in range(2))
    assert first == again
    assert list(first) == ["age", "education", "sex"]
    assert first["education"] == dict.fromkeys(first["education"]), "a group of it is too small here"
    for found in (first["age"], first["sex"]):
        assert 0 < found["approve_rate"] < 1
        assert 0 < found["smallest_ratio"] < 1.5
        assert -1 < found["profit_per_application"] < subject.base["policy"]["return_rate"]
