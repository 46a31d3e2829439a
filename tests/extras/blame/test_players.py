import copy

import yaml

from takeback.extras.blame.players import PLAYERS, changed_settings, mixed_settings


def changed(params, **changes):
    settings = copy.deepcopy(yaml.safe_load(params["taiwan"]))
    for path, value in changes.items():
        *parents, key = path.split("__")
        place = settings
        for parent in parents:
            place = place[parent]
        place[key] = value
    return settings


def both(params):
    before = changed(params)
    after = changed(
        params, data__source="b.csv", data__thin_file=None, data__derived={}, training__seed=9, gate={}, policy={}
    )
    return before, after


def test_each_step_takes_its_part(params):
    before, after = both(params)
    mixture = mixed_settings(after, {"data": before, "features": after, "model": before, "policy": after})
    assert mixture["data"]["source"] == before["data"]["source"]
    assert (mixture["data"]["derived"], mixture["data"]["thin_file"]) == ({}, None)
    assert (mixture["training"], mixture["policy"], mixture["gate"]) == (before["training"], {}, {})


def test_all_from_one_revision_is_that_revision(params):
    before, after = both(params)
    sides = [p for p in PLAYERS if p != "code"]
    assert mixed_settings(after, dict.fromkeys(sides, after)) == after
    assert mixed_settings(after, dict.fromkeys(sides, before)) == {**before, "gate": after["gate"]}


def test_a_key_that_one_revision_lacks_comes_and_goes_with_its_step(params):
    before = {key: value for key, value in changed(params).items() if key != "scenario"}
    after = {**before, "scenario": {"flip": 0.2}}
    assert "scenario" not in mixed_settings(after, {"data": before})
    assert "scenario" in mixed_settings(before, {"data": after})


def test_changes_are_told_by_step(params):
    found = changed_settings(*both(params))
    assert found["data"] == ["data.source data/source/taiwan_default.csv -> b.csv"]
    assert found["model"] == ["training.seed 20 -> 9"]
    assert set(found) == {"data", "features", "model", "policy"}
    assert any(line.startswith("data.thin_file") for line in found["policy"])


def test_of_a_list_what_came_and_what_went_is_told():
    before, after, turned = ({"features": {"exclude": names}} for names in (["a", "b"], ["b", "c", "d"], ["b", "a"]))
    assert changed_settings(before, after) == {"features": ["features.exclude: +c, +d, -a"]}
    assert changed_settings(before, turned) == {"features": ["features.exclude ['a', 'b'] -> ['b', 'a']"]}
