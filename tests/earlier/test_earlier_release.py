"""Releases that earlier code made: what runs today loads, scores, compares and puts back what lies in them.

README.md says how they were made. In these clones `takeback` is the code of this worktree; the releases hold their own, which
nothing here runs. The test knows commands and public files only, so that code may move.
"""

import hashlib
import json
import shutil
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.bank import ORIGIN, STORAGE, Bank
from tests.clones import ROOT, Repository

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
CHAMPIONS = {"v1.0.0": "logistic", "v1.1.0": "xgboost", "v1.2.0": "forest"}
PROMOTE = "promote {version} --to prod --reason again"
ROLLBACK = "rollback --stage prod --reason complaints"
ROLLBACK_TO = ROLLBACK + " --to {version}"


def of_today(folder: Path) -> Bank:
    """Return a clone whose `takeback` is this worktree's."""
    bank = Bank(folder)
    bank.environment["PYTHONPATH"] = str(ROOT / "src")
    return bank


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """The repository with its Git remote and its DVC remote, to read only."""
    folder = tmp_path_factory.mktemp("earlier")
    there = Repository(folder)
    there.run("git", "clone", "-q", "--mirror", str(HERE / "releases.bundle"), ORIGIN)
    there.run("git", "clone", "-q", ORIGIN, "Ada")
    with tarfile.open(HERE / "storage.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def reader(earlier):
    """A clone that no test changes but by checking releases out."""
    return of_today(earlier / "Ada")


@pytest.fixture
def bank(earlier, tmp_path):
    """A clone to work in, with remotes of its own."""
    return of_today(shutil.copytree(earlier, tmp_path / "bank", symlinks=True) / "Ada")


def check_out(bank, version):
    bank.git("checkout -q", version)
    bank.run("dvc", "pull", "-q")


def runs(bank):
    """Return the version in production, as GTO says."""
    return json.loads(bank.run("gto", "show", "credit#prod", "--json"))[0]["version"]


def lost(earlier, now, place=""):
    """Return where something that was said earlier is not said now. More may be said."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        return [line for key in earlier for line in lost(earlier[key], now.get(key, "nothing"), f"{place}/{key}")]
    return [] if earlier == now else [f"{place}: {earlier} became {now}"]


def test_the_code_is_of_today_and_the_release_holds_its_own(reader):
    where = reader.run("python", "-c", "import takeback; print(takeback.__file__)").strip()
    assert Path(where).is_relative_to(ROOT / "src")
    assert reader.path("src/takeback/release").is_dir()  # a folder that the code of today no longer has
    assert not (ROOT / "src/takeback/release").exists()


@pytest.mark.parametrize(("version", "champion"), CHAMPIONS.items())
def test_a_checkout_brings_what_its_lock_names(reader, version, champion):
    check_out(reader, version)
    assert f"champion: {champion}\n" not in reader.path("dvc.lock").read_text()  # the champion is a result, no setting
    outputs = [out for stage in read_yaml(reader.path("dvc.lock"))["stages"].values() for out in stage.get("outs", [])]
    files = [out for out in outputs if not out["md5"].endswith(".dir")]
    assert len(outputs) > 40 and len(files) > 5
    for out in files:
        assert hashlib.md5(reader.path(out["path"]).read_bytes()).hexdigest() == out["md5"], out["path"]
    assert json.loads(reader.path("models/release/manifest.json").read_text())["champion"]["name"] == champion
    assert reader.run("dvc", "data", "status", "--json").strip() == "{}"


def read_yaml(path):
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    [
        *[(version, [], f"{version}.csv") for version in CHAMPIONS],
        ("v1.2.0", ["--fallback"], "v1.2.0-fallback.csv"),
    ],
)
def test_scores_are_the_same_bits(reader, tmp_path, version, options, expected):
    check_out(reader, version)
    reader.takeback("score", str(EXPECTED / "applicants.csv"), str(tmp_path / "now.csv"), *options)
    now, then = (tmp_path / "now.csv").read_text(), (EXPECTED / expected).read_text()
    assert len(then.splitlines()) == 301
    assert now == then


def test_every_object_of_every_release_is_sound(reader):
    assert reader.takeback("check", *CHAMPIONS)


@pytest.mark.parametrize(("before", "after"), [("v1.0.0", "v1.1.0"), ("v1.1.0", "v1.2.0")])
def test_diff_says_what_it_said(reader, before, after):
    said = json.loads((EXPECTED / f"{before}..{after}.json").read_text())
    assert said["decisions"]["flipped"] >= 40
    assert lost(said, json.loads(reader.takeback(f"diff {before} {after} --json"))) == []


def test_a_rollback_finds_what_earlier_code_promoted(bank):
    assert runs(bank) == "v1.1.0"
    bank.takeback(ROLLBACK)
    assert runs(bank) == "v1.0.0"


def test_what_earlier_code_released_is_promoted_and_put_back(bank):
    bank.takeback(PROMOTE.format(version="v1.2.0"))
    assert runs(bank) == "v1.2.0"
    bank.takeback(ROLLBACK_TO.format(version="v1.0.0"))
    assert runs(bank) == "v1.0.0"
    check_out(bank, "v1.0.0")
    assert bank.takeback("score", str(EXPECTED / "applicants.csv"), "now.csv") is not None
    assert bank.path("now.csv").read_text() == (EXPECTED / "v1.0.0.csv").read_text()


def test_a_spoiled_object_stops_a_promotion(bank):
    victim = max((bank.folder.parent / STORAGE).rglob("files/md5/*/*"), key=lambda path: path.stat().st_size)
    victim.chmod(0o644)
    victim.write_bytes(b"spoiled")
    bank.takeback(PROMOTE.format(version="v1.2.0"), fails=True)
    assert runs(bank) == "v1.1.0"
