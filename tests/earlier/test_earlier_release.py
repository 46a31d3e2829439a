"""Releases that earlier code made: what runs today loads, scores, compares and puts back what lies in them.

README.md says how they were made. In these clones `takeback` is the code of this worktree; the releases hold their own,
which nothing here runs. The tests know commands and public files only, so that code may move.
"""

import hashlib
import json
import shutil
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.bank import ORIGIN, Bank
from tests.clones import ROOT, Repository

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
CHAMPIONS = {"v1.0.0": "logistic", "v1.1.0": "xgboost", "v1.2.0": "forest"}
PROMOTE = "promote {version} --to prod --reason again"
ROLLBACK = "rollback prod --reason complaints"
ROLLBACK_TO = ROLLBACK + " --to {version}"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """The repository with its Git remote and its DVC remote, to copy."""
    folder = tmp_path_factory.mktemp("earlier")
    there = Repository(folder)
    there.run("git", "clone", "-q", "--bare", str(HERE / "releases.bundle"), ORIGIN)
    there.run("git", "clone", "-q", ORIGIN, "Ada")
    there.run("git", "-C", "Ada", "remote", "set-url", "origin", f"../{ORIGIN}")  # a copy has a remote of its own
    with tarfile.open(HERE / "storage.tar.xz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # which Python 3.11.2 does not have
        archive.extractall(folder)
    return folder


def copied(earlier, folder):
    """Return a copy of the clone, whose `takeback` is this worktree's."""
    bank = Bank(shutil.copytree(earlier, folder / "bank", symlinks=True) / "Ada")
    bank.environment["PYTHONPATH"] = str(ROOT / "src")
    return bank


@pytest.fixture(scope="module")
def reader(earlier, tmp_path_factory):
    """A clone that no test changes but by checking releases out."""
    return copied(earlier, tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module", params=CHAMPIONS)
def release(reader, request):
    """Each of the releases, checked out in the reader's clone."""
    reader.git("checkout -q", request.param)
    reader.run("dvc", "pull", "-q")
    return request.param


@pytest.fixture
def bank(earlier, tmp_path):
    """A clone to work in, its cache empty."""
    return copied(earlier, tmp_path)


def runs(bank):
    """Return the version in production, as GTO says."""
    return json.loads(bank.run("gto", "show", "credit#prod", "--json"))[0]["version"]


def md5(path):
    """Return what DVC calls a file or a folder: of a folder, the hash of the list of its files."""
    if path.is_file():
        return hashlib.md5(path.read_bytes()).hexdigest()
    files = sorted(file for file in path.rglob("*") if file.is_file())
    listed = [{"md5": md5(file), "relpath": file.relative_to(path).as_posix()} for file in files]
    return hashlib.md5(json.dumps(listed, sort_keys=True).encode()).hexdigest() + ".dir"


def scored(bank, folder, *options):
    """Return the decisions on the applicants: PDs with all their digits, reasons, and which bundle decided."""
    bank.takeback("score", str(EXPECTED / "applicants.csv"), str(folder / "now.csv"), *options)
    return (folder / "now.csv").read_text()


def lost(earlier, now, place=""):
    """Return where something that was said earlier is not said now. More may be said."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        return [line for key in earlier for line in lost(earlier[key], now.get(key, "nothing"), f"{place}/{key}")]
    return [] if earlier == now else [f"{place}: {earlier} became {now}"]


def test_the_code_is_of_today_and_the_release_holds_its_own(reader):
    where = reader.run("python", "-c", "import takeback; print(takeback.__file__)").strip()
    assert Path(where).is_relative_to(ROOT / "src")
    assert reader.path("src/takeback/release").is_dir()  # as in the code of then


def test_a_checkout_brings_what_its_lock_names(reader, release):
    stages = yaml.safe_load(reader.path("dvc.lock").read_text())["stages"]
    named = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}
    assert len(named) == 36
    assert {path: md5(reader.path(path)) for path in named} == named


def test_scores_are_the_same_bits(reader, release, tmp_path):
    then = (EXPECTED / f"{release}.csv").read_text()
    assert then.count(CHAMPIONS[release]) == 300  # each line names what decided
    assert scored(reader, tmp_path) == then


def test_the_rule_that_a_release_falls_back_to_scores_the_same_bits(reader, release, tmp_path):
    then = (EXPECTED / f"{release}-fallback.csv").read_text()
    assert then.count("fallback@") == 300
    assert scored(reader, tmp_path, "--fallback") == then


def test_every_object_of_the_releases_is_known_and_sound(reader):
    assert "74 objects: cache and remote are sound." in reader.takeback("check", *CHAMPIONS)


@pytest.mark.parametrize(("before", "after"), [("v1.0.0", "v1.1.0"), ("v1.1.0", "v1.2.0")])
def test_diff_says_what_it_said(reader, before, after):
    said = json.loads((EXPECTED / f"{before}..{after}.json").read_text())
    assert said["decisions"]["flipped"] >= 40
    assert lost(said, json.loads(reader.takeback(f"diff {before} {after} --json"))) == []


def test_earlier_releases_are_put_back_and_promoted(bank):
    assert runs(bank) == "v1.1.0"  # earlier code promoted it, after v1.0.0
    bank.takeback(ROLLBACK)
    assert runs(bank) == "v1.0.0"
    bank.takeback(PROMOTE.format(version="v1.2.0"))
    assert runs(bank) == "v1.2.0"
    bank.takeback(ROLLBACK_TO.format(version="v1.1.0"))
    assert runs(bank) == "v1.1.0"
