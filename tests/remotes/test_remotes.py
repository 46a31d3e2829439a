"""A release goes to a remote and comes back, to the last byte or not at all."""

import hashlib
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from takeback.decisions.bundle import load_release
from tests.clones import ROOT, Repository
from tests.release import build_release
from tests.remotes.conftest import KINDS
from tests.servers import program

BUNDLE = "models/release"
MODEL = "champion/scorecard.json"


@pytest.fixture(scope="module")
def origin(taiwan_config, taiwan_rows, tmp_path_factory):
    """A repository with this repository's settings of DVC and a real release."""
    built = tmp_path_factory.mktemp("built")
    build_release(taiwan_config, taiwan_rows, "logistic", built)
    repository = Repository(tmp_path_factory.mktemp("origin"))
    repository.run("git", "init", "-q", "-b", "main")
    repository.path(".dvc").mkdir()
    for name in (".dvc/config", ".dvc/.gitignore"):
        shutil.copyfile(ROOT / name, repository.path(name))
    shutil.copytree(built / "release", repository.path(BUNDLE))
    repository.run("dvc", "add", "-q", BUNDLE)
    return repository


@pytest.fixture(scope="module", params=KINDS)
def pushed(request, origin, tmp_path_factory):
    """A clone whose release was pushed, and the folder where the remote keeps its objects."""
    folder = tmp_path_factory.mktemp(request.param)
    with KINDS[request.param](folder) as remote:
        repository = Repository(folder / "first clöne", **remote.environment)
        shutil.copytree(origin.folder, repository.folder)
        for setting in remote.settings:
            repository.run("dvc", "remote", "modify", *setting)
        repository.commit("a release and its remote")
        repository.run("dvc", "push", "-q")
        yield repository, remote.objects / "files" / "md5"


def fresh_clone(repository: Repository, name: str) -> Repository:
    """Clone beside the first clone, with what Git does not carry: the settings of this machine."""
    clone = Repository(repository.folder.parent / name)
    clone.environment = repository.environment
    repository.run("git", "clone", "-q", ".", f"../{name}")
    if (local := repository.path(".dvc/config.local")).exists():
        shutil.copyfile(local, clone.path(".dvc/config.local"))
    return clone


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@contextmanager
def changed(path: Path, content: bytes):
    """Another content under the same name, as a broken disk or a bad hand would leave it."""
    before = path.read_bytes()
    assert content != before
    path.chmod(0o644)
    path.write_bytes(content)
    yield
    path.write_bytes(before)


def test_a_fresh_clone_pulls_the_same_bytes(pushed):
    repository, _ = pushed
    clone = fresh_clone(repository, "second clöne")
    clone.run("dvc", "pull")
    assert hashes(clone.path(BUNDLE)) == hashes(repository.path(BUNDLE))
    load_release(clone.path(BUNDLE))


def test_a_corrupt_object_is_refused(pushed):
    repository, objects = pushed
    clone = fresh_clone(repository, "third clöne")
    digest = hashlib.md5(repository.path(f"{BUNDLE}/{MODEL}").read_bytes()).hexdigest()
    corrupt = objects / digest[:2] / digest[2:]
    with changed(corrupt, corrupt.read_bytes()[:-1] + b"!"):
        printed = clone.run("dvc", "pull", fails=True)
    assert f"Checkout failed for following targets:\n{BUNDLE}" in printed
    assert not clone.path(BUNDLE).exists()
    assert not clone.path(f".dvc/cache/files/md5/{digest[:2]}/{digest[2:]}").exists()


@pytest.mark.parametrize("pushed", ["directory"], indirect=True)
def test_a_changed_listing_shows_after_the_pull(pushed):
    """DVC does not verify the list of a folder's files, wherever it comes from; `dvc status` does."""
    repository, objects = pushed
    clone = fresh_clone(repository, "fourth clöne")
    listing = next(objects.rglob("*.dir"))
    entries = [entry for entry in json.loads(listing.read_text()) if entry["relpath"] != MODEL]
    with changed(listing, json.dumps(entries).encode()):
        clone.run("dvc", "pull")
    assert not clone.path(f"{BUNDLE}/{MODEL}").exists()
    assert "changed outs:" in clone.run("dvc", "status")


def test_a_missing_program_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="server-of-nobody is not installed: pip install nobody"):
        program("server-of-nobody", "pip install nobody")
