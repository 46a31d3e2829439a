"""What is broken is named, and the printed commands repair it."""

import pytest

from tests.upkeep.small import edit, release

PARTS, TRAIN, MODEL = "a1/90a8b9ea20697bfbba8a7ae650ece6.dir", "ef/61771fc91647f1542958ae49268781", "02/9d136faf030b79130fa2ba420dfd57"  # fmt: skip
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


def repair(repository, printed):
    for line in printed.splitlines():
        if line.startswith("  ") and not line.startswith("   "):
            repository.run("bash", "-c", line)


def test_sound_objects_are_counted(repository):
    assert "5 objects: cache and remote are sound." in repository.run("takeback", "check")
    assert "5 objects: cache and remote are sound." in repository.run("takeback", "check", "v1.0.0")


@pytest.mark.parametrize("how", ["corrupt", "missing"])
@pytest.mark.parametrize("place", [CACHE, REMOTE])
@pytest.mark.parametrize(
    ("name", "use"), [(PARTS, "data/parts"), (TRAIN, "data/parts/train.csv"), (MODEL, "models/model.txt")]
)
def test_damage_is_named_and_the_commands_mend_it(repository, place, name, use, how):
    damage(repository, place, name, how)
    printed = repository.run("takeback", "check", fails=True)
    states = (how, "ok") if place == CACHE else ("ok", how)
    assert [use, *states] in [line.split() for line in printed.splitlines()]
    assert "1 of 5 objects" in printed
    repair(repository, printed)
    assert "sound." in repository.run("takeback", "check")


def test_what_is_nowhere_is_made_again(repository):
    damage(repository, CACHE, MODEL, "corrupt")
    damage(repository, REMOTE, MODEL, "missing")
    printed = repository.run("takeback", "check", fails=True)
    assert "No sound copy here" in printed
    repair(repository, printed)
    assert "sound." in repository.run("takeback", "check")


def test_an_older_release_is_checked_and_mended_without_its_worktree(repository):
    edit(repository, "params.yaml", "0.5", "0.6")
    edit(repository, "data/source.csv", "a", "z")
    repository.run("dvc", "repro", "-q")
    release(repository, "v1.1.0")
    damage(repository, CACHE, MODEL, "corrupt")
    damage(repository, REMOTE, TRAIN, "missing")
    assert "sound." in repository.run("takeback", "check")
    printed = repository.run("takeback", "check", "v1.1.0", "v1.0.0", fails=True)
    assert "models/model.txt (v1.0.0)" in printed and "data/parts/train.csv (v1.0.0)" in printed
    repair(repository, printed)
    assert "sound." in repository.run("takeback", "check", "v1.0.0")


def test_lost_in_an_older_release_says_what_rebuilds_it(repository):
    damage(repository, CACHE, MODEL, "missing")
    damage(repository, REMOTE, MODEL, "missing")
    printed = repository.run("takeback", "check", "v1.0.0", fails=True)
    assert "`takeback verify v1.0.0`" in printed
    repair(repository, printed)
    assert "sound." in repository.run("takeback", "check", "v1.0.0")


def test_without_a_remote_the_cache_is_checked(repository):
    repository.run("dvc", "remote", "remove", "storage")
    assert "no remote is set" in repository.run("takeback", "check")
    damage(repository, CACHE, MODEL, "missing")
    assert "No sound copy" in repository.run("takeback", "check", fails=True)


def test_an_unknown_tag_is_one_message(repository):
    assert repository.run("takeback", "check", "v9", fails=True).startswith("error: v9: there is no such tag")
