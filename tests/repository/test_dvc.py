"""What is asked of DVC's insides, against what its commands say: the contract that a new version has to keep."""

import json
import shutil
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from takeback.common.errors import UserError
from takeback.repository import dvc
from tests.clones import ROOT, Repository
from tests.repository.soundness.conftest import copied
from tests.repository.soundness.small import small_repository


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A repository with a pushed release; only to be copied."""
    return small_repository(tmp_path_factory.mktemp("dvc") / "Kredit ö" / "repository", in_git=False)


@pytest.fixture
def repository(made, tmp_path):
    return copied(made, tmp_path)


def locked(repository):
    return yaml.safe_load(repository.path("dvc.lock").read_text())["stages"]


def objects(folder):
    """The names of the objects below a folder of them."""
    return {path.parent.name + path.name for path in (folder / "files/md5").glob("??/*")}


def test_this_is_the_version_that_these_tests_were_written_for():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (cap,) = [found for text in extras["pipeline"] if (found := Requirement(text)).name == "dvc"]
    assert version("dvc") in cap.specifier, (
        f"DVC {version('dvc')} is installed; pyproject.toml has {cap}. If the other tests of this file pass, "
        "raise the cap. If one fails, mend src/takeback/repository/dvc.py."
    )


def test_stages_are_those_of_the_command(repository):
    with dvc.repository(repository.folder) as repo:
        stages = dvc.declared_stages(repo)
    assert sorted(stage.name for stage in stages) == sorted(
        repository.run("dvc", "stage", "list", "--name-only").split()
    )
    for stage in stages:
        lock = locked(repository)[stage.name]
        assert stage.cmd == lock["cmd"]
        for files, recorded in ((stage.deps, lock["deps"]), (stage.outs, lock["outs"])):
            assert {file.path: file.hashed()["md5"] for file in files} == {of["path"]: of["md5"] for of in recorded}
    parameters = {stage.name: stage.params for stage in stages}
    assert parameters["parts"] == [("params.yaml", {"parts": {"share": 0.5, "seed": 1}})]


def test_a_file_that_is_not_there_has_no_hash(repository):
    repository.path("report.txt").unlink()
    with dvc.repository(repository.folder) as repo:
        (report,) = [stage for stage in dvc.declared_stages(repo) if stage.name == "report"]
        assert report.outs[0].hashed() is None


def test_cached_outputs_have_what_the_lock_records(repository):
    with dvc.repository(repository.folder) as repo:
        found = dvc.cached_outputs(repo)
    assert found.keys() == {"data/source.csv", "data/parts", "models/model.txt", "report.txt"}
    assert found["report.txt"].made_by == "report"
    (entry,) = locked(repository)["report"]["outs"]
    assert found["report.txt"].recorded == {"size": entry["size"], "md5": entry["md5"]}


def test_sources_are_what_dvc_add_tracks(repository):
    assert dvc.tracked_sources(repository.folder) == ["data/source.csv"]


def test_objects_are_those_that_dvc_pushed(repository):
    needed = dvc.needed_objects(repository.folder, [])
    listed = {oid for one in needed if one.oid.endswith(".dir") for _, oid in dvc.listed_files(one.cache, one.oid)}
    known = {one.oid for one in needed} | listed
    assert known == objects(repository.folder.parent / "storage")
    assert known <= objects(repository.path(".dvc/cache"))
    assert {use for one in dvc.needed_objects(repository.folder, ["v1.0.0"]) for use in one.uses} == {
        (path, "v1.0.0") for path in ("data/source.csv", "data/parts", "models/model.txt", "report.txt")
    }


def test_the_list_of_a_folder_names_what_dvc_lists(repository):
    (folder,) = [one for one in dvc.needed_objects(repository.folder, []) if one.oid.endswith(".dir")]
    found = json.loads(repository.run("dvc", "ls", "--json", "--size", ".", "data/parts"))
    assert sorted(path for path, _ in dvc.listed_files(folder.cache, folder.oid)) == [row["path"] for row in found]


def test_an_object_is_sound_corrupt_or_not_there(repository):
    (report,) = [one for one in dvc.needed_objects(repository.folder, []) if one.uses[0][0] == "report.txt"]
    place = Path(report.cache.oid_to_path(report.oid))
    assert dvc.is_sound(report.cache, report.oid) is True
    place.chmod(0o644)
    place.write_bytes(b"spoiled")
    assert dvc.is_sound(report.cache, report.oid) is False
    assert dvc.is_sound(report.remote, report.oid) is True
    place.unlink()
    assert dvc.is_sound(report.cache, report.oid) is None


def test_a_lost_list_of_a_folder_is_named_with_its_revision(repository):
    kept = {"all_branches": True, "all_tags": True}
    with dvc.repository(repository.folder) as repo:
        assert dvc.lost_listings(repo, kept) == []
    (listing,) = [path for path in repository.path(".dvc/cache/files/md5").glob("??/*.dir")]
    listing.unlink()
    with dvc.repository(repository.folder) as repo:
        found = dvc.lost_listings(repo, kept)
    assert "data/parts at v1.0.0" in found or "data/parts at main" in found


def test_a_repository_without_a_remote_has_objects_of_the_cache_alone(repository):
    repository.run("dvc", "remote", "remove", "storage")
    assert {one.remote for one in dvc.needed_objects(repository.folder, [])} == {None}


def test_an_output_that_was_never_made_is_one_message(repository):
    text = repository.path("dvc.lock").read_text()
    repository.path("dvc.lock").write_text(text[: text.index("  report:")])
    with pytest.raises(UserError, match=r"report\.txt: dvc\.lock does not have it\. `dvc repro` makes it"):
        dvc.needed_objects(repository.folder, [])


def test_the_cache_is_where_the_command_says(repository):
    assert str(dvc.cache_folder(repository.folder)) == repository.run("dvc", "cache", "dir").strip()
    repository.run("dvc", "cache", "dir", "--local", "../elsewhere")
    assert (repository.path(".dvc") / dvc.local_cache_setting(repository.folder)).resolve() == (
        repository.folder.parent / "elsewhere"
    )
    shutil.rmtree(repository.path(".dvc/tmp"), ignore_errors=True)
    assert dvc.cache_folder(repository.folder) == repository.folder.parent / "elsewhere"


def test_settings_of_where_objects_are(repository):
    settings = dvc.shared_settings(repository.folder)
    assert settings["remote"]["storage"]["url"] in repository.run("dvc", "remote", "list").replace("\n", "")
    with dvc.repository(repository.folder, "v1.0.0", settings) as repo:
        assert dvc.cached_outputs(repo).keys() >= {"report.txt"}


def test_an_experiment_is_found_by_its_name(repository):
    head = repository.run("git", "rev-parse", "HEAD").strip()
    repository.path("params.yaml").write_text("parts: {share: 0.6, seed: 1}\n")
    repository.run("dvc", "exp", "save", "--name", "tried")
    reference, baseline = dvc.experiment("tried", repository.folder)
    assert baseline == head
    assert "share: 0.6" in repository.run("git", "show", f"{reference}:params.yaml")
    assert dvc.experiment("untried", repository.folder) is None


def test_parameters_differ_as_the_command_says(repository):
    before = yaml.safe_load(repository.path("params.yaml").read_text())
    repository.path("params.yaml").write_text("parts: {share: 0.6, seed: 1}\nmore: [1, 2]\n")
    after = yaml.safe_load(repository.path("params.yaml").read_text())
    said = json.loads(repository.run("dvc", "params", "diff", "--all", "--json"))["params.yaml"]
    found = dvc.parameter_differences(before, after)
    assert {name: (change["old"], str(change["new"])) for name, change in found.items()} == {
        name: (change["old"], str(change["new"])) for name, change in said.items() if change["old"] != change["new"]
    }
    assert found.keys() == {"parts.share", "more"}


def test_a_lock_is_read_and_written_as_dvc_does(repository):
    path = repository.path("dvc.lock")
    text = path.read_text()
    dvc.write_lock(path, dvc.parse_lock(text, "dvc.lock"))
    assert path.read_text() == text
    with pytest.raises(dvc.YAMLError):
        dvc.parse_lock("stages: [", "dvc.lock")


def test_files_of_a_revision_are_read_without_a_checkout(repository):
    files = dvc.DVCFileSystem(str(repository.folder), rev="v1.0.0")
    assert files.read_bytes("report.txt") == repository.path("report.txt").read_bytes()
    shutil.rmtree(repository.path(".dvc/cache"))
    shutil.rmtree(repository.folder.parent / "storage")
    files = dvc.DVCFileSystem(str(repository.folder), rev="v1.0.0")
    with pytest.raises(dvc.UNREADABLE):
        files.read_bytes("data/parts/train.csv")


def test_the_lock_of_a_repository_is_that_of_the_commands(repository):
    with dvc.repository(repository.folder) as repo, repo.lock:
        assert "lock" in Repository(repository.folder).run("dvc", "repro", fails=True).lower()
