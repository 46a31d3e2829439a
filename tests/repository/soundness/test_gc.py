import json
import os
import shutil
import subprocess
import time

from takeback.common.half_written import held_folder
from takeback.repository.clones import temporary_clone
from takeback.repository.leftovers import half_written
from takeback.repository.objects import check_objects
from tests.clones import Repository
from tests.repository.soundness.small import edit
from tests.repository.soundness.test_check import CACHE, MODEL, PARTS, REMOTE, damage


def objects(repository):
    return {path.name for path in repository.path(CACHE).rglob("*") if path.is_file()}


def old(path, name=None):
    """Make something that a run killed an hour ago would have left."""
    (path / name if name else path).mkdir(parents=True)
    for item in [*path.rglob("*"), path]:
        os.utime(item, (time.time() - 3600,) * 2)


def test_every_release_survives_and_what_nothing_needs_goes(two):
    before = objects(two)
    shown = two.run("takeback", "gc", "--dry-run")
    assert "cached objects" in shown and "every tag" in shown and objects(two) == before
    assert "nobody is here to ask" in two.run("takeback", "gc", fails=True) and objects(two) == before
    two.run("takeback", "gc", "--yes")
    assert objects(two) < before
    shutil.rmtree(two.path(REMOTE))
    two.run("git", "checkout", "-q", "v1.0.0")
    two.run("dvc", "checkout", "-q", "--force")
    assert two.path("report.txt").read_text() == 'A\nC{"rows": 2}'
    assert all(stored.cache == "ok" for stored in check_objects(["v1.0.0", "v2.0.0"], two.folder))
    assert "Nothing to remove." in two.run("takeback", "gc", "--yes")


def test_branches_and_experiments_survive(repository):
    repository.run("git", "checkout", "-qb", "other")
    edit(repository, "data/source.csv", "a", "q")
    repository.run("dvc", "repro", "-q")
    repository.commit("other")
    repository.run("git", "checkout", "-q", "main")
    repository.run("dvc", "checkout", "-q")
    edit(repository, "data/source.csv", "a", "w")
    repository.run("dvc", "exp", "run", "-q", "-n", "trial")
    repository.run("git", "checkout", "-q", "--force", "other")
    before = objects(repository)
    repository.run("takeback", "gc", "--yes")
    assert {name for name in before - objects(repository)} <= {"6abb91563540e0f16cd5abc3d4e043"}  # metrics lie in Git
    repository.run("git", "checkout", "-q", "main")
    repository.run("dvc", "exp", "apply", "-q", "trial")
    assert "W" in repository.path("models/model.txt").read_text()


def test_leftovers_of_dead_runs_go_and_those_in_use_stay(repository):
    gone = [
        ("data/.parts.abcd1234", "parts"),
        (".takeback/checkpoints/xgboost", "fold"),
        (".takeback/clones/99999999-a", "x"),
    ]
    for path, name in gone:
        old(repository.path(path), name)
    stay = [f".takeback/clones/{os.getpid()}-a", "data/.person.settings/mine", "models/.model.txt.young_01/model.txt"]
    for path in stay:
        repository.path(path).mkdir(parents=True)
    printed = repository.run("takeback", "gc", "--yes")
    assert f"process {os.getpid()} is alive" in printed and "less than 60 s ago: models/.model.txt.young_01" in printed
    assert [repository.path(path).exists() for path, _ in gone] == [False] * 3
    assert [repository.path(path).exists() for path in stay] == [True] * 3


def test_what_a_slow_writer_still_holds_stays(repository):
    with held_folder(repository.path("report.txt")) as folder:
        os.utime(folder, (time.time() - 3600,) * 2)
        assert f"a process that lives writes it: {folder.name}" in repository.run("takeback", "gc", "--yes")
        assert folder.exists()


def test_only_what_looks_like_half_written_output_is_one(tmp_path):
    for name in (
        ".a.csv.abcd1234/a.csv",
        ".b.abcd1234/old",
        ".c.abcd1234/other",
        ".d.abcd123/d",
        "e.abcd1234/e",
        ".git/.f.abcd1234/f",
    ):
        (tmp_path / name).mkdir(parents=True)
    assert [path.name for path in half_written(tmp_path)] == [".a.csv.abcd1234", ".b.abcd1234"]


def test_while_a_stage_runs_nothing_is_removed(two):
    marker = two.path("running")
    edit(
        two,
        "code/stage.py",
        "def parts():",
        f"def parts():\n    Path({str(marker)!r}).touch(); __import__('time').sleep(60)",
    )
    run = subprocess.Popen(["dvc", "repro"], cwd=two.folder, env=two.environment, stdout=-3, stderr=-3)
    try:
        while not marker.exists() and run.poll() is None:
            time.sleep(0.05)
        before = objects(two)
        printed = two.run("takeback", "gc", "--yes", fails=True)
        assert f"DVC runs here (process {run.pid}" in printed and objects(two) == before
    finally:
        stage = [info["pid"] for info in json.loads(two.path(".dvc/tmp/rwlock").read_text())["write"].values()]
        assert stage == [run.pid] * len(stage)
        run.terminate()
        run.wait()


def test_while_a_clone_shares_the_cache_nothing_is_removed(two):
    before = objects(two)
    with temporary_clone("v1.0.0", two.path(".dvc/cache"), two.folder):
        assert "shares the cache" in two.run("takeback", "gc", "--yes", fails=True)
    assert objects(two) == before
    with temporary_clone("v1.0.0", folder=two.folder) as clone:
        two.run("takeback", "gc", "--yes")
        assert clone.exists() and objects(two) < before


def test_a_lost_listing_must_not_cost_its_files(two):
    damage(two, CACHE, PARTS, "missing")
    damage(two, REMOTE, PARTS, "missing")
    before = objects(two)
    printed = two.run("takeback", "gc", "--yes", fails=True)
    assert "data/parts at v1.0.0: the listing of this folder" in printed and objects(two) == before


def test_a_clone_that_does_not_know_every_tag_is_refused(two, tmp_path):
    for name, options, told in (
        ("shallow", ["--depth=1"], "is shallow"),
        ("untagged", ["--no-tags"], "git fetch --tags"),
    ):
        two.run("git", "clone", "-q", *options, two.folder.as_uri(), str(tmp_path / name))
        clone = Repository(tmp_path / name, PYTHONPATH="")
        clone.environment |= {"PYTHONPATH": two.environment["PYTHONPATH"]}
        assert told in clone.run("takeback", "gc", "--yes", fails=True)


def test_an_origin_that_is_away_is_a_warning(two):
    two.run("git", "remote", "add", "origin", "../away")
    assert "warning: origin can't be asked" in two.run("takeback", "gc", "--yes")


def test_a_cache_outside_the_repository_is_left_alone(two):
    two.run("mv", ".dvc/cache", "../shared")
    two.run("dvc", "cache", "dir", "--local", "../shared")
    printed = two.run("takeback", "gc", "--yes", fails=True)
    assert "outside this repository" in printed and (two.path("../shared/files/md5") / MODEL).exists()
