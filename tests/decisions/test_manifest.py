"""A manifest is read by later code, and refused by earlier code with what to do."""

import json

import pytest

from takeback.common.errors import UserError
from takeback.decisions.bundle import load_release
from takeback.decisions.manifest import LIBRARIES, MANIFEST, SCHEMA, Manifest, environment, read_manifest

OF_SCHEMA_1 = ("schema_version", "champion", "data", "files")


def rewritten(folder, **changes):
    content = json.loads((folder / MANIFEST).read_text()) | changes
    (folder / MANIFEST).write_text(json.dumps(content))
    return content


def test_a_release_of_schema_1_still_loads(release_folder):
    content = rewritten(release_folder, schema_version=1)
    (release_folder / MANIFEST).write_text(json.dumps({key: content[key] for key in OF_SCHEMA_1}))
    manifest = read_manifest(release_folder / MANIFEST)
    assert manifest.schema_version == SCHEMA
    assert manifest.champion == load_release(release_folder).name == "xgboost"
    assert manifest.metrics is manifest.settings is manifest.libraries is None


def test_schema_1_had_no_more_keys(release_folder):
    content = rewritten(release_folder, schema_version=1)
    content = {key: content[key] for key in OF_SCHEMA_1} | {"surprise": 1}
    (release_folder / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(UserError, match="surprise: unknown key"):
        read_manifest(release_folder / MANIFEST)


@pytest.mark.parametrize("version", [0, SCHEMA + 1, 99, "2", None, 1.5])
def test_another_schema_is_refused_with_what_to_do(release_folder, version):
    rewritten(release_folder, schema_version=version)
    with pytest.raises(UserError, match=rf"found schema_version .*, this code reads 1 to {SCHEMA}.*git checkout TAG"):
        read_manifest(release_folder / MANIFEST)


def test_every_key_is_documented(request):
    page = (request.config.rootpath / "docs/manifest.md").read_text()
    assert [key for key in Manifest.model_fields if f"`{key}`" not in page] == []
    assert f"schema {SCHEMA}" in page


def test_the_environment_is_not_that_of_one_machine():
    found = environment()
    assert set(found["libraries"]) == set(LIBRARIES)
    assert found["python"] == ">=3.11"
