"""A planted slice is found; where nothing is planted, what is found does not pass and fades on the other part."""

import re

import numpy as np
import pytest
from pandas import DataFrame, Series
from scipy.stats import norm
from sklearn.metrics import log_loss

from takeback.assessment.slice_conditions import conditions
from takeback.assessment.slices import _adjusted, _entropy, _log_loss, _tried, worst_slices
from takeback.data.encoding import with_derived
from takeback.data.ingestion import groups_of
from takeback.data.validation import read_columns
from takeback.preparation.parts import Part


@pytest.fixture(scope="module")
def parts(taiwan, taiwan_table):
    return made_up(taiwan, taiwan_table, 0), made_up(taiwan, taiwan_table, 5000)


def made_up(contract, table, start, rows=5000):
    """Real applicants; nobody is bad yet."""
    table = table.slice(start, rows)
    columns = read_columns(contract, table, contract.columns)[0]
    groups = {name: groups_of(contract, columns, name) for name in contract.protected}
    return Part(
        Series(map(str, range(start, start + rows))),
        DataFrame(columns),
        Series(np.zeros(rows)),
        DataFrame(groups),
    )


def outcomes(part, seed, planted=None, raised=0.0):
    """PDs, and the part with outcomes drawn from them, more often bad in the planted rows."""
    random = np.random.default_rng(seed)
    pd = random.beta(1.5, 5, len(part.bad))
    true = np.where(planted, pd + raised, pd) if planted is not None else pd
    return part._replace(bad=Series((random.random(len(pd)) < true).astype(float))), pd


def search(taiwan, parts, seed, plant=lambda part: None, raised=0.0):
    (one, pd), (two, pd_two) = (outcomes(p, seed + i, plant(p), raised) for i, p in enumerate(parts))
    return worst_slices(taiwan, one, pd, two, pd_two), two, pd_two


@pytest.mark.parametrize("seed", [1, 11])
def test_a_planted_pair_is_found_and_holds_on_the_other_part(taiwan, parts, seed):
    def plant(part):
        return (part.groups["age"] == "under_25") & (part.columns["PAY_0"] >= 1)

    found, _, _ = search(taiwan, parts, seed, plant, 0.35)
    first = found["slices"][0]
    assert "age is under_25" in first["where"]
    assert "PAY_0" in first["where"] or "late" in first["where"] or "delay" in first["where"]
    assert first["calibration"]["passes"]
    assert first["test"]["interval"][0] > 0
    assert first["test"]["bad_rate"] > first["test"]["mean_pd"] + 0.1


def test_a_planted_condition_is_found(taiwan, parts):
    found, _, _ = search(taiwan, parts, 5, lambda part: part.groups["education"] == "high_school", 0.2)
    passing = [row["where"] for row in found["slices"] if row["calibration"]["passes"]]
    assert any("education is high_school" in where for where in passing)


def test_with_nothing_planted_few_pass_and_none_holds(taiwan, parts):
    results = [search(taiwan, parts, seed)[0] for seed in range(20, 36)]
    passes = [any(row["calibration"]["passes"] for row in result["slices"]) for result in results]
    assert sum(passes) <= 3
    before = np.mean([row["calibration"]["excess_log_loss"] for result in results for row in result["slices"]])
    after = np.mean([row["test"]["excess_log_loss"] for result in results for row in result["slices"]])
    assert before > 0.05
    assert abs(after) < before / 4  # the winner's curse


def test_where_the_pds_are_better_than_they_promise_nothing_is_listed(taiwan, parts):
    """Nobody defaults and every PD says 0.3: the log loss is below its mean everywhere."""
    pds = [np.full(len(part.bad), 0.3) for part in parts]
    found = worst_slices(taiwan, parts[0], pds[0], parts[1], pds[1])
    assert found["tried"] > 0
    assert found["slices"] == []


def test_what_is_measured_is_that_of_the_rows_the_words_name(taiwan, parts):
    found, test, pd = search(taiwan, parts, 3)
    columns = with_derived(taiwan, test.columns, taiwan.features)
    assert len(found["slices"]) == 10
    for row in found["slices"]:
        inside = np.logical_and.reduce([holds(text, columns, test.groups) for text in row["where"].split(" and ")])
        measured, bad = row["test"], test.bad[inside]
        assert measured["count"] == inside.sum()
        assert measured["share"] == pytest.approx(inside.mean())
        assert measured["log_loss"] == pytest.approx(log_loss(bad, pd[inside], labels=[0, 1]))
        expected = log_loss(np.repeat([0, 1], inside.sum()), np.tile(pd[inside], 2), labels=[0, 1],
                            sample_weight=np.concatenate([1 - pd[inside], pd[inside]]))  # fmt: skip
        assert measured["excess_log_loss"] == pytest.approx(measured["log_loss"] - expected)
        assert measured["interval"][0] < measured["excess_log_loss"] < measured["interval"][1]
    assert found["overall_log_loss"] == pytest.approx(log_loss(test.bad, pd))


def holds(text, columns, groups):
    """Read a condition back, independently of how it was cut."""
    name, _, value = text.partition(" is ")
    if value == "missing":
        return np.isnan(columns[name])
    if value:
        return groups[name] == value
    text = re.sub(r"(\S+) <= (\w+) < (\S+)", r"(\1 <= \2) & (\2 < \3)", text)
    return eval(text, {"__builtins__": {}}, columns)


def test_slices_are_large_enough_and_tell_different_things(taiwan, parts):
    found, _, _ = search(taiwan, parts, 4)
    assert all(row["calibration"]["count"] >= 100 for row in found["slices"])
    excess = [row["calibration"]["excess_log_loss"] for row in found["slices"]]
    assert excess == sorted(excess, reverse=True)
    assert len({row["where"] for row in found["slices"]}) == 10


def test_every_row_meets_one_condition_of_each_feature(taiwan, parts):
    cut = conditions(taiwan, *parts)
    for feature in np.unique(cut.features):
        assert (cut.found[:, cut.features == feature].sum(axis=1) == 1).all()
    assert not any("ID" in word for word in cut.words)


def test_a_slice_that_nobody_of_the_test_part_is_in_has_no_numbers(taiwan, parts):
    one, pd = outcomes(parts[0], 1, parts[0].groups["sex"] == "male", 0.4)
    two = parts[1].rows(parts[1].groups["sex"] == "female")
    found = worst_slices(taiwan, one, pd, two, np.full(len(two.bad), 0.2))
    alone = [row["test"] for row in found["slices"] if "sex is male" in row["where"]]
    assert alone
    for row in alone:
        assert (row["count"], row["share"], row["log_loss"], row["interval"]) == (0, 0.0, None, None)


@pytest.mark.parametrize(("pd", "bad"), [(0.3, 0.0), (0.0, 0.0), (1.0, 1.0), (0.5, 1.0)])
def test_one_pd_and_one_outcome_give_a_defined_result(taiwan, parts, pd, bad):
    one, two = (part._replace(bad=Series(np.full(len(part.bad), bad))) for part in parts)
    found = worst_slices(taiwan, one, np.full(5000, pd), two, np.full(5000, pd))
    assert np.isfinite(found["overall_log_loss"])


def test_a_part_smaller_than_the_floor_has_no_slices(taiwan, taiwan_table):
    small = made_up(taiwan, taiwan_table, 0, 40)
    found = worst_slices(taiwan, small, np.full(40, 0.2), small, np.full(40, 0.2))
    assert (found["slices"], found["tried"]) == ([], 0)


def test_p_values_are_adjusted_as_by_hand():
    p = np.random.default_rng(0).random(200) ** 3
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    expected = [min(1, *scaled[place:]) for place in range(len(p))]
    assert _adjusted(norm.isf(p))[order] == pytest.approx(expected)
    assert len(_adjusted(np.array([]))) == 0


def test_z_is_the_excess_in_standard_deviations_of_what_chance_gives(taiwan, parts):
    """If the PDs are right, z of each slice has mean 0 and standard deviation 1 over drawn outcomes."""
    random, (part, other) = np.random.default_rng(0), parts
    pd, cut = random.beta(1.5, 5, len(part.bad)), conditions(taiwan, part, other)
    cut, z = cut._replace(features=cut.features[::8], found=cut.found[:, ::8]), []
    for _ in range(200):
        bad = (random.random(len(pd)) < pd).astype(float)
        tried = _tried(cut, _log_loss(pd, bad) - _entropy(pd), pd, bad, 1)
        z.append([one.z for one in sorted(tried, key=lambda one: (one.first, one.second)) if one.first == one.second])
    assert np.shape(z)[1] >= 8
    assert np.abs(np.mean(z, axis=0)).max() < 0.35  # five standard errors
    assert np.std(z, axis=0) == pytest.approx(1, abs=0.25)
