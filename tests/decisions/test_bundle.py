"""A release is loaded whole and unchanged, or not at all."""

import json
from pathlib import Path

import pytest

from takeback.common.errors import UserError
from takeback.decisions.bundle import MANIFEST, _check_model, load_release


def test_it_names_its_champion_and_holds_no_code(release_folder):
    assert load_release(release_folder).name == "xgboost"
    assert {path.suffix for path in release_folder.rglob("*") if path.is_file()} == {".json", ".onnx"}


@pytest.mark.parametrize("name", ["champion/model.onnx", "champion/policy.json", "fallback/scorecard.json"])
def test_one_changed_byte_is_found(release_folder, name):
    path = release_folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match=rf"{name}: differs from the manifest.*dvc checkout"):
        load_release(release_folder)


def test_a_missing_and_an_extra_file_are_found(release_folder):
    (release_folder / "champion" / "extra.json").write_text("{}")
    with pytest.raises(UserError, match=r"extra\.json: is not in the manifest"):
        load_release(release_folder)
    (release_folder / "champion" / "extra.json").unlink()
    (release_folder / "champion" / "calibration.json").unlink()
    with pytest.raises(UserError, match=r"calibration\.json: is missing"):
        load_release(release_folder)


def test_a_newer_schema_is_refused(release_folder):
    manifest = json.loads((release_folder / MANIFEST).read_text())
    (release_folder / MANIFEST).write_text(json.dumps({**manifest, "schema_version": 99}))
    with pytest.raises(UserError, match="found schema_version 99, this code reads 1 to 4"):
        load_release(release_folder)


@pytest.mark.parametrize("content", ["", "[1]", '{"schema_version": 1}', "{"])
def test_a_broken_manifest_is_one_message(release_folder, content):
    (release_folder / MANIFEST).write_text(content)
    with pytest.raises(UserError, match=MANIFEST):
        load_release(release_folder)


def test_no_release_says_how_to_get_one(tmp_path):
    with pytest.raises(UserError, match=r"holds no release .*dvc repro"):
        load_release(tmp_path / "nothing")


def test_the_contract_comes_back_with_its_levels_in_order(releases, taiwan):
    loaded = releases["xgboost"].champion.contract
    assert loaded.levels == taiwan.levels
    assert list(loaded.columns) == list(taiwan.columns)


@pytest.mark.parametrize("name", ["early", "zeta"])
def test_points_with_reasons_of_their_own_are_the_rules_alone(releases, name):
    """Whatever a candidate is called: it would give the rule's words for another model's decision."""
    rule = next(iter(releases.values())).fallback
    with pytest.raises(UserError, match=f"the points of {name} have reasons of their own"):
        _check_model(Path("bundle"), name, rule, rule.model.inputs)
    _check_model(Path("bundle"), "rule", rule, rule.model.inputs)
