"""The version that is proposed, and why."""

import copy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from takeback.releases.versions import BUMPS, Flips, ReleaseFacts, Version, reasons

ABSENT = object()
numbers = st.integers(0, 99)
versions = st.builds(Version, numbers, numbers, numbers)


@pytest.fixture(scope="module")
def facts(request):
    params = yaml.safe_load((request.config.rootpath / "params.yaml").read_text())
    return ReleaseFacts(params, "xgboost", ("PAY_0", "LIMIT_BAL"), "ab" * 32)


def changed(facts, path, value):
    params = copy.deepcopy(facts.params)
    *parents, key = path.split("/")
    place = params
    for parent in parents:
        place = place[parent]
    if value is ABSENT:
        del place[key]
    else:
        place[key] = value
    return facts._replace(params=params)


@given(versions)
def test_a_version_is_read_as_it_is_written(version):
    assert Version.parse(str(version)) == version


@given(versions, st.sampled_from(BUMPS))
def test_a_raised_version_is_higher_and_ends_in_zeros(version, bump):
    raised = version.raised(bump)
    place = BUMPS.index(bump)
    assert raised > version
    assert raised[place] == version[place] + 1
    assert set(raised[place + 1 :]) <= {0}


@pytest.mark.parametrize("name", ["1.0.0", "v1.0", "v01.0.0", "v1.0.0-rc1", "v1.0.0\n", "version", "v-1.0.0", ""])
def test_other_names_are_no_versions(name):
    assert Version.parse(name) is None


@pytest.mark.parametrize(
    ("path", "value", "bump", "text"),
    [
        ("data/columns/AGE", ABSENT, "major", "data.columns.AGE: removed"),
        ("data/columns/NEW", {"type": "number"}, "major", "data.columns.NEW: added"),
        ("data/columns/LIMIT_BAL/max", 5, "major", "data.columns.LIMIT_BAL.max: 10000000 -> 5"),
        ("data/columns/SEX/levels/3", "other", "major", "data.columns.SEX.levels.3: added"),
        ("data/columns/AGE/label", "age", "patch", 'data.columns.AGE.label: "age in years" -> "age"'),
        ("data/columns/PAY_0/monotone", 0, "patch", "data.columns.PAY_0.monotone: 1 -> 0"),
        ("data/id", "number", "major", 'data.id: "ID" -> "number"'),
        ("data/target/bad", "2", "major", 'data.target.bad: 1 -> "2"'),
        ("data/protected/age/bands", [30], "major", "data.protected.age.bands: [25, 35, 50] -> [30]"),
        ("data/reasons/balance", ABSENT, "major", "data.reasons.balance: removed"),
        ("data/reasons/balance/words", "Too much", "patch", "data.reasons.balance.words: "),
        ("policy/new_key", 1, "major", "policy.new_key: added"),
        ("policy/review_cost", ABSENT, "major", "policy.review_cost: removed"),
        ("policy/review_cost", 0.01, "patch", "policy.review_cost: 0.005 -> 0.01"),
        ("data/derived/headroom", ABSENT, "minor", "data.derived.headroom: removed"),
        ("data/derived/headroom/expression", "LIMIT_BAL", "minor", "data.derived.headroom.expression: "),
        ("data/name", "german", "minor", 'data.name: "taiwan" -> "german"'),
        ("training/seed", 21, "patch", "training.seed: 20 -> 21"),
        ("gate/min_auc/limit", 0.7, "patch", "gate.min_auc.limit: 0.75 -> 0.7"),
    ],
)
def test_a_setting_raises_its_part(facts, path, value, bump, text):
    [reason] = reasons(facts, changed(facts, path, value))
    assert reason.bump == bump
    assert reason.text.startswith(text)


def test_results_are_minor_and_the_weightiest_comes_first(facts):
    after = changed(facts, "policy/new_key", 1)
    after = changed(after, "training/seed", 21)
    after = after._replace(champion="logistic", features=("PAY_0", "PAY_2"), source_sha256="cd" * 32)
    assert [tuple(reason) for reason in reasons(facts, after)] == [
        ("major", "policy.new_key: added"),
        ("minor", "champion: xgboost -> logistic"),
        ("minor", "features: +PAY_2, -LIMIT_BAL"),
        ("minor", "source data: sha256 abababababab -> cdcdcdcdcdcd"),
        ("patch", "training.seed: 20 -> 21"),
    ]


def test_no_difference_is_a_patch(facts):
    [reason] = reasons(facts, facts)
    assert reason == ("patch", "same settings, features and data: a refit or a fix of code")


@pytest.mark.parametrize(
    ("flipped", "expected"),
    [
        (121, ("minor", "decisions: 2.0% of 6,000 applicants flip")),
        (120, ("patch", "decisions: 2.0% of 6,000 applicants flip")),
        (0, ("patch", "same settings, features and data: a refit or a fix of code")),
    ],
)
def test_a_change_that_flips_more_than_the_limit_is_no_patch(facts, flipped, expected):
    assert [*map(tuple, reasons(facts, facts, Flips(6000, flipped, 0.02)))] == [expected]


@given(st.lists(st.tuples(st.sampled_from(["id", "date", "name", "source"]), st.text(max_size=3)), max_size=4))
def test_the_way_back_weighs_as_much(edits):
    before = ReleaseFacts({"data": {"id": "a", "date": "b", "name": "c", "source": "d"}}, "rule", (), "ab")
    after = before._replace(params={"data": before.params["data"] | dict(edits)})
    assert [r.bump for r in reasons(before, after)] == [r.bump for r in reasons(after, before)]
