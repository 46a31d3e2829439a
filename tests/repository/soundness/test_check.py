"""What is broken is named, and the printed commands repair it."""

import shutil

import pytest

from takeback.repository.objects import check_objects
from takeback.repository.repairs import check_text
from tests.repository.soundness.small import edit

PARTS = "a1/90a8b9ea20697bfbba8a7ae650ece6.dir"
TRAIN = "ef/61771fc91647f1542958ae49268781"
MODEL = "02/9d136faf030b79130fa2ba420dfd57"
CACHE, REMOTE = ".dvc/cache/files/md5", "../storage/files/md5"


def flip(path):
    """Change one bit and keep everything else that DVC looks at: mode, size and time."""
    content, stat = bytearray(path.read_bytes()), path.stat()
    content[0] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(stat.st_mode)


def damage(repository, place, name, how):
    path = repository.path(f"{place}/{name}")
    flip(path) if how == "corrupt" else path.unlink()


def check(repository, *revisions):
    objects = check_objects(list(revisions), repository.folder)
    return check_text(objects)


def repair(repository, printed):
    commands = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    repository.run("sh", "-ec", "\n".join(commands))


@pytest.fixture(autouse=True)
def inside(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)


def test_sound_objects_are_counted(repository):
    assert "5 objects: cache and remote are sound." in repository.run("takeback", "check", "v1.0.0")
    assert check(repository) == "5 objects: cache and remote are sound."


def test_what_is_not_mounted_is_not_filled_before_somebody_looked(repository):
    shutil.rmtree(repository.path("../storage"))
    printed = repository.run("takeback", "check", fails=True)
    storage = repository.path("../storage").resolve()
    assert (
        f"{storage} is empty or not there. If it is a share, mount it and run this again; only if it is new:" in printed
    )
    assert printed.index("only if it is new") < printed.index("dvc push")
    repository.path("../storage").mkdir()
    assert "is empty or not there" in repository.run("takeback", "check", fails=True)
    repair(repository, printed)
    assert "is empty or not there" not in repository.run("takeback", "check")


@pytest.mark.parametrize("how", ["corrupt", "missing"])
@pytest.mark.parametrize("place", [CACHE, REMOTE])
def test_damage_is_named_and_the_commands_mend_it(repository, place, how):
    for name in (PARTS, TRAIN, MODEL):
        damage(repository, place, name, how)
    printed = repository.run("takeback", "check", fails=True)
    states = (how, "ok") if place == CACHE else ("ok", how)
    lines = [line.split() for line in printed.splitlines()]
    assert lines[1:4] == [[use, *states] for use in ("data/parts", "data/parts/train.csv", "models/model.txt")]
    assert "3 of 5 objects are missing or corrupt." in printed
    repair(repository, printed)
    assert "sound." in check(repository)


@pytest.mark.parametrize("how", ["corrupt", "missing"])
def test_a_file_of_a_pushed_folder_is_pushed_again(repository, how):
    damage(repository, REMOTE, TRAIN, how)
    printed = check(repository)
    assert "1 of 5 objects" in printed
    repair(repository, printed)
    assert "sound." in check(repository)


def test_what_is_nowhere_is_made_again(repository):
    damage(repository, CACHE, MODEL, "corrupt")
    damage(repository, REMOTE, MODEL, "missing")
    printed = check(repository)
    assert "No sound copy here" in printed and "takeback verify HEAD" in printed
    repair(repository, printed)
    assert "sound." in check(repository)


def test_an_older_release_is_checked_and_mended(two, monkeypatch):
    monkeypatch.chdir(two.folder)
    damage(two, CACHE, MODEL, "corrupt")
    damage(two, REMOTE, TRAIN, "missing")
    assert "sound." in check(two)
    printed = check(two, "v2.0.0", "v1.0.0")
    assert "models/model.txt (v1.0.0)" in printed and "data/parts/train.csv (v1.0.0)" in printed
    repair(two, printed)
    assert "sound." in check(two, "v1.0.0", "v2.0.0")


def test_lost_in_an_older_release_is_rebuilt(two, monkeypatch):
    monkeypatch.chdir(two.folder)
    damage(two, CACHE, MODEL, "missing")
    damage(two, REMOTE, MODEL, "missing")
    printed = check(two, "v1.0.0")
    assert "`takeback verify v1.0.0`" in printed
    repair(two, printed)
    assert "sound." in check(two, "v1.0.0")


def test_without_a_remote_the_cache_is_checked(repository):
    edit(repository, ".dvc/config", "remote = storage", "")
    edit(repository, ".dvc/config", repository.path(".dvc/config").read_text(), "")
    assert "no remote is set" in check(repository)
    damage(repository, CACHE, MODEL, "missing")
    assert "No sound copy" in check(repository)


def test_an_unknown_tag_is_one_message(repository):
    assert repository.run("takeback", "check", "v9", fails=True).startswith("error: v9: there is no such tag")
