from pathlib import Path

import pytest
import yaml

from takeback.common.errors import UserError
from takeback.extras.alternatives.search_settings import load_search
from takeback.extras.alternatives.space import (
    alternative,
    changed,
    check_space,
    mixes,
    one_changes,
    present_point,
    value_at,
    with_changes,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def written(tmp_path, small_search):
    def write(**changes):
        path = tmp_path / "space.yaml"
        path.write_text(yaml.safe_dump({**small_search.model_dump(mode="json"), **changes}))
        return path

    return write


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("policy.loss_given_default", "assumption of the bank"),
        ("policy.analyst_approves_bad", "assumption of the bank"),
        ("training.seed", "is luck"),
        ("model.xgboost.random_state", "is luck"),
        ("gate.min_approval_ratio.limit", "may not be searched"),
        ("data.columns.SEX.role", "may not be searched"),
        ("data.protected", "may not be searched"),
        ("model.rule.decline_from", "may not be searched"),
        ("split.salt", "may not be searched"),
    ],
)
def test_what_is_not_a_choice_is_refused(written, key, words):
    with pytest.raises(UserError, match=words) as error:
        load_search(written(choices={key: [1]}, mixes=[]))
    assert f"choices.{key}" in str(error.value)


def test_more_referrals_than_analysts_can_review_are_refused(written, base):
    with pytest.raises(UserError, match=r"above 0\.2"):
        check_space(base, load_search(written(choices={"policy.max_referral_rate": [0.3]}, mixes=[])))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"families": {"x": ["SALARY"]}}, "SALARY"),
        ({"families": {"x": ["AGE"]}}, "AGE"),
        ({"choices": {"model.xgboost.depth": [3]}}, "no such setting"),
        ({"choices": {"model.xgboost.max_depth": ["deep"]}}, "model.xgboost.max_depth: found 'deep'"),
        ({"choices": {"training.reweigh": [["income"]]}}, "expected protected attributes"),
        ({"choices": {"data.columns.SALARY.monotone": [1]}}, "no such setting"),
    ],
)
def test_a_choice_that_the_settings_do_not_know_is_refused(written, base, changes, words):
    with pytest.raises(UserError, match=words):
        check_space(base, load_search(written(mixes=[], **changes)))


@pytest.mark.parametrize(
    ("mix", "words"),
    [
        ({"out": ["amounts"]}, "found 'amounts'; expected families: "),
        ({"settings": {"model.xgboost.max_depth": 9}}, "found model.xgboost.max_depth 9; expected one of choices"),
        ({"settings": {"policy.return_rate": 1}}, "found policy.return_rate 1; expected one of choices"),
    ],
)
def test_a_mix_of_what_is_no_choice_is_refused(written, mix, words):
    with pytest.raises(UserError, match=words):
        load_search(written(mixes=[mix]))


def test_a_mix_is_tried_with_each_kind(base, small_search):
    found = [alternative(base, small_search, point) for point in mixes(base, small_search)]
    out = ["LIMIT_BAL", "headroom", "PAY_5", "PAY_6"]
    assert found == [(kind, {"features.exclude": out, "training.reweigh": ["age"]}) for kind in ("logistic", "xgboost")]


def test_a_reduction_takes_the_place_of_reweighing(written, base):
    reduction = {"method": "grid_search", "constraint": "demographic_parity", "by": ["age"]}
    reduction |= {"threshold": 0.17, "models": 3, "constraint_weight": 0.5}
    search = load_search(written(choices={"training.reduction": [reduction], "training.reweigh": [["age"]]}, mixes=[]))
    check_space(base, search)
    point = {**present_point(base, search, "logistic"), "training.reduction": reduction, "training.reweigh": ["age"]}
    assert alternative(base, search, point).changes == {"training.reduction": reduction}
    reweighed = with_changes(base, {"training.reweigh": ["sex"]})
    changes = alternative(reweighed, search, point).changes
    assert changes == {"training.reduction": reduction, "training.reweigh": []}
    assert changed(reweighed, changes).training.reduction.by == ("age",)


def test_one_resplit_is_refused(written):
    with pytest.raises(UserError, match="no spread"):
        load_search(written(resplits=1))


@pytest.mark.parametrize(("content", "words"), [("[", "not readable"), ("3", "no mapping"), ("{}", "required key")])
def test_a_broken_file_is_one_message(tmp_path, content, words):
    (tmp_path / "space.yaml").write_text(content)
    with pytest.raises(UserError, match=words):
        load_search(tmp_path / "space.yaml")


def test_no_file_says_what_to_write(tmp_path):
    with pytest.raises(UserError, match=r"taiwan\.yaml shows how"):
        load_search(tmp_path / "none.yaml")


@pytest.mark.parametrize(("name", "data"), [("taiwan", "taiwan"), ("taiwan_short", "taiwan"), ("german", "german")])
def test_the_shipped_choices_fit_the_shipped_settings(params, name, data):
    check_space(yaml.safe_load(params[data]), load_search(ROOT / "conf" / "alternatives" / f"{name}.yaml"))


def test_the_first_alternative_changes_nothing_and_each_other_one_thing(base, small_search):
    points = list(one_changes(base, small_search, "xgboost"))
    assert alternative(base, small_search, points[0]) == ("xgboost", {})
    assert alternative(base, small_search, points[1]) == ("logistic", {})
    for point in points[2:]:
        assert sum(point[name] != points[0][name] for name in points[0]) == 1
        assert alternative(base, small_search, point).changes


def test_no_directions_are_no_directions(base, small_search):
    point = next(p for p in one_changes(base, small_search, "xgboost") if p["directions"] == "none")
    contract = changed(base, alternative(base, small_search, point).changes).data
    assert not any(contract.monotone(feature) for feature in contract.features)


def test_families_join_what_is_left_out_already(base, small_search):
    already = with_changes(base, {"features.exclude": ["PAY_6", "BILL_AMT1"]})
    point = next(p for p in one_changes(already, small_search, "xgboost") if p["family late"] == "out")
    assert alternative(already, small_search, point).changes == {"features.exclude": ["PAY_6", "BILL_AMT1", "PAY_5"]}


def test_changes_leave_the_settings_as_they_were(base):
    before = yaml.safe_dump(base)
    with_changes(base, {"model.xgboost.max_depth": 1})
    assert yaml.safe_dump(base) == before
    assert value_at(base, "data.derived.bill_trend.monotone") == 0
