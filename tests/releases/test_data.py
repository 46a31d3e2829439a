"""Where a release's data go: seen by those who see the tag, sound, and in the storage of earlier releases."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from takeback.releases import destination
from takeback.releases.destination import is_local, on_network
from takeback.releases.sharing import shown
from tests.bank import ORIGIN, STORAGE, TAGS

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

SSH = """#!/bin/sh
shift
exec sh -c "$*"
"""


@pytest.fixture
def far(ada):
    """Ada's origin as a server sees it: by SSH, which in truth ends on this machine."""
    program = ada.folder.parent / "ssh"
    program.write_text(SSH)
    program.chmod(0o755)
    ada.environment |= {"GIT_SSH": str(program), "GIT_SSH_VARIANT": "simple"}
    ada.git("remote set-url origin", f"bank.example:{ada.folder.parent / ORIGIN}")
    ada.fix()
    return ada


def spoil(path: Path, content: bytes) -> None:
    """Change an object as a broken disk does: it stays write-protected, as DVC leaves it."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)


def test_others_would_get_the_tag_without_the_data(far):
    printed = far.takeback("release", fails=True)
    assert f"origin.git gets the tag, but the data would stay in {far.folder.parent / STORAGE}, which others" in printed
    assert "`dvc remote modify storage url URL`" in printed and "--local-data if that is meant" in printed
    assert far.tags()[0] == far.tags()[1] == TAGS
    printed = far.takeback("release --local-data")
    assert "Released v1.1.1 (pushed to origin)" in printed
    assert f"objects in {far.folder.parent / STORAGE} (a folder of this machine), each hashed there" in printed


def test_what_is_not_pushed_may_stay_here_and_is_not_promoted_then(far):
    assert "Released v1.1.1 (not pushed" in far.takeback("release --no-push")
    before = far.tags()
    printed = far.takeback("promote v1.1.1 --to prod", fails=True)
    assert "v1.1.1 is not at origin yet. " in printed and "but the data would stay in" in printed
    assert "`git checkout v1.1.1 && takeback release --local-data` if that is meant" in printed
    assert far.tags() == before
    far.takeback("release --local-data")
    far.takeback("promote v1.1.1 --to prod")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("../origin.git", True),
        ("/srv/origin.git", True),
        ("file:///srv/origin.git", True),
        ("/srv/a:b/origin.git", True),
        ("git@host:credit.git", False),
        ("host:credit.git", False),
        ("ssh://host/credit.git", False),
        ("https://host/credit.git", False),
    ],
)
def test_a_url_is_a_folder_or_a_server(url, local):
    assert is_local(url) == local


@pytest.mark.parametrize(
    ("device", "far"),
    [
        ("server:/export", True),
        ("ada@server:/srv", True),
        ("//server/share", True),
        ("/dev/sda1", False),
        ("tank/data", False),
        ("C:\\", False),
    ],
)
def test_a_network_drive_is_no_folder_of_this_machine(tmp_path, monkeypatch, device, far):
    mounts = [SimpleNamespace(mountpoint=str(tmp_path), device=device)]
    monkeypatch.setattr(destination.psutil, "disk_partitions", lambda all: mounts)
    assert on_network(tmp_path / "not yet" / "storage") == far
    assert is_local(str(tmp_path / "origin.git")) != far


def test_a_url_is_shown_without_who_and_the_password():
    assert shown("https://ada:secret@host:8443/a.git") == "https://host:8443/a.git"
    assert shown("git@host:a.git") == "git@host:a.git"
    assert shown("/srv/a\x1b[2J.git") == "/srv/a\\x1b[2J.git"


@pytest.mark.parametrize("content", [b"corrupt", b""])
def test_what_is_corrupt_in_the_remote_is_sent_again(ada, content):
    ada.fix()
    spoiled = [ada.stored(path)[1] for path in ("data/quarantine.csv", "models/release")]
    for path in spoiled:
        spoil(path, content)
    printed = ada.takeback("release")
    assert "data/quarantine.csv: corrupt in the remote, sent again\nmodels/release: corrupt" in printed
    assert "cache and remote are sound" in ada.takeback("check v1.1.1")
    ben = ada.colleague()
    ben.git("checkout -q v1.1.1")
    ben.run("dvc", "pull")


def test_what_is_sound_nowhere_stops_it_and_the_commands_mend_it(ada):
    ada.fix()
    for path in ada.stored("data/quarantine.csv"):
        spoil(path, b"corrupt")
    printed = ada.takeback("release", fails=True)
    assert "not released, the DVC remote is not sound:" in printed
    assert "data/quarantine.csv  corrupt  corrupt" in printed and "No sound copy here" in printed
    assert "v1.1.1" not in ada.git("tag")
    commands = printed.partition("No sound copy here")[2].splitlines()
    ada.run("bash", "-ec", "\n".join(line for line in commands if line.startswith("  ")))
    ada.takeback("release")
    assert "cache and remote are sound" in ada.takeback("check v1.1.1")


@pytest.mark.parametrize("empty", [False, True])
def test_a_storage_that_has_gone_is_not_made_anew(ada, empty):
    ada.fix()
    storage = ada.folder.parent / STORAGE
    shutil.move(storage, storage.with_name("away"))
    if empty:
        storage.mkdir()
    printed = ada.takeback("release", fails=True)
    assert f"{storage} has nothing of v1.1.0: it is empty, not mounted, or another storage" in printed
    assert not list(storage.rglob("*")) and storage.exists() == empty
    shutil.rmtree(storage, ignore_errors=True)
    shutil.move(storage.with_name("away"), storage)
    assert "Released v1.1.1 (pushed to origin)" in ada.takeback("release")


@pytest.fixture
def mirrored(ada):
    """Ada pushes to two places, of which the second cannot be reached yet."""
    for place in (ORIGIN, "mirror.git"):
        ada.git("config --add remote.origin.pushurl", f"../{place}")
    return ada


def reach(bank):
    bank.git("clone -q --mirror", f"../{ORIGIN}", "../mirror.git")


def test_a_release_that_one_push_url_lacks_is_not_pushed_and_the_same_command_completes_it(mirrored):
    mirrored.fix()
    printed = mirrored.takeback("release", fails=True)
    assert "v1.1.1 is not everywhere yet: ../origin.git has it; ../mirror.git has not (git push: " in printed
    assert "v1.1.1" in mirrored.tags()[1]
    reach(mirrored)
    mirrored.git("-C ../mirror.git update-ref -d refs/tags/v1.1.1")
    assert "Released v1.1.1 (pushed to origin)" in mirrored.takeback("release")
    made = mirrored.git("rev-parse v1.1.1")
    assert mirrored.git("ls-remote ../mirror.git refs/tags/v1.1.1").split()[0] == made


def test_if_the_first_push_url_refuses_no_other_one_is_tried(mirrored):
    reach(mirrored)
    mirrored.fix()
    mirrored.git("-C ../mirror.git tag v0.0.1")  # it lives
    hook = mirrored.folder.parent / ORIGIN / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert "not released, v1.1.1 is taken back" in mirrored.takeback("release", fails=True)
    assert mirrored.git("ls-remote ../mirror.git refs/tags/v1.1.1") == ""


def test_a_move_that_one_push_url_lacks_is_completed_by_the_same_command(mirrored):
    printed = mirrored.takeback("promote v1.1.0 --to prod", fails=True)
    assert "credit#prod#1 is not everywhere yet: ../origin.git has it; ../mirror.git has not" in printed
    mirrored.git("init -q --bare ../mirror.git")
    assert "v1.1.0 is in prod already" in mirrored.takeback("promote v1.1.0 --to prod")
    assert "credit#prod#1" in mirrored.git("ls-remote ../mirror.git")
