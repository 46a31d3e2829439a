"""`takeback promote`, `rollback` and `environments`: checked first, shared at once, one of two people wins."""

import json
import re
import shutil

import pytest

from tests.bank import BANK, TAGS, Bank, nobody


@pytest.fixture(scope="module")
def promoted(bank_template, tmp_path_factory):
    folder = shutil.copytree(bank_template, tmp_path_factory.mktemp("promoted") / BANK, symlinks=True)
    bank = Bank(folder / "Ada")
    bank.takeback("promote v1.0.0 --to prod")
    bank.takeback("promote v1.1.0 --to prod --reason", "approved by model risk")
    return folder


@pytest.fixture
def prod(promoted, tmp_path):
    return Bank(shutil.copytree(promoted, tmp_path / BANK, symlinks=True) / "Ada")


def runs(bank, environment="prod"):
    """Return the version in an environment, as GTO says."""
    return bank.run("gto", "show", f"credit#{environment}", "--json").split('"version": "')[1].split('"')[0]


def test_there_and_back_agrees_with_gto(prod):
    assert runs(prod) == "v1.1.0"
    printed = prod.takeback("rollback prod --reason", "Beschwerden über Zusagen")
    assert printed.startswith("prod: v1.1.0 -> v1.0.0\nprod is at v1.0.0 (credit#prod#3, by Ada <ada@example.org>, ")
    assert "Beschwerden über Zusagen" in printed
    assert runs(prod) == "v1.0.0"
    assert "\nStage: prod\n" in prod.git("cat-file tag credit#prod#3")  # the form of every tag since the first
    ben = prod.colleague()
    assert runs(ben) == "v1.0.0"
    assert re.search(
        r"^prod +v1\.0\.0 .* Ada <ada@example.org> +Beschwerden", ben.takeback("environments"), re.MULTILINE
    )
    assert [line.split()[1] for line in ben.takeback("environments --history").splitlines()[1:]] == [
        "v1.0.0",
        "v1.1.0",
        "v1.0.0",
    ]
    events = [event for event in ben.run("gto", "history", "credit").splitlines() if "assignment" in event]
    assert len(events) == 3
    assert "is already in stage 'prod'. Use the '--force' flag" in ben.run(
        "gto", "assign", "credit", "--version", "v1.1.0", "--stage", "prod", fails=True
    )


def test_the_same_rollback_twice_is_one_and_there_is_no_further_back(prod):
    prod.takeback("rollback prod --reason wrong")
    before = prod.tags()
    assert "prod is back at v1.0.0, by Ada" in prod.takeback("rollback prod --reason wrong")
    assert "nothing to go back to from v1.0.0" in prod.takeback("rollback prod --reason other", fails=True)
    assert "v1.0.0 is in prod already" in prod.takeback("promote v1.0.0 --to prod")
    assert prod.tags() == before


def test_one_of_two_people_wins_and_the_other_is_told(prod):
    ben = prod.colleague()
    prod.hook(
        "pre-push",
        f"rm -f .git/hooks/pre-push; cd '{ben.folder}' && GIT_COMMITTER_NAME=Ben GIT_COMMITTER_EMAIL=ben@example.org "
        f"PYTHONPATH='{ben.folder}/src' takeback promote v1.0.0 --to prod --reason \"Ben's\"",
    )
    printed = prod.takeback("rollback prod --reason mine", fails=True)
    assert "prod was moved to v1.0.0 meanwhile by Ben <ben@example.org>, " in printed
    assert ": Ben's. Yours is taken back." in printed
    assert prod.git("rev-parse credit#prod#3") == ben.git("rev-parse credit#prod#3")


def test_an_interrupted_move_is_forgotten_and_made_again(ada):
    ada.takeback("promote v1.0.0 --to prod")
    ada.git("push -q --delete origin credit#prod#1 credit@v1.0.0")
    ada.takeback("promote v1.1.0 --to prod")
    assert ada.tags()[1] == ["credit#prod#1", "credit@v1.1.0", "v1.0.0", "v1.1.0"]
    assert runs(ada) == "v1.1.0"
    assert ada.git("tag --list credit#*") == "credit#prod#1"


def test_a_move_by_hand_is_left_to_its_person(ada):
    ada.run("gto", "assign", "credit", "HEAD", "--stage", "prod")
    printed = ada.takeback("rollback prod --to v1.0.0 --reason x", fails=True)
    assert "credit#prod#1 is here and not at origin" in printed


@pytest.mark.parametrize("path", ["models/release", "data/quarantine.csv"])
def test_a_release_whose_objects_are_gone_is_not_gone_back_to(prod, path):
    for place in prod.stored(path, "v1.0.0"):
        place.unlink(missing_ok=True)
    before = prod.tags()
    printed = prod.takeback("rollback prod --reason x", fails=True)
    assert f"v1.0.0: neither the cache nor the remote has {path}. Nothing has moved." in printed
    assert prod.tags() == before
    assert ("--bundle-only" in printed) == (path != "models/release")
    prod.takeback("rollback prod --reason x --bundle-only", fails=path == "models/release")


def test_objects_of_the_remote_will_do_and_a_corrupt_one_is_named(prod):
    cached, remote = prod.stored("models/release", "v1.0.0")
    cached.unlink()
    prod.takeback("rollback prod --reason x")
    manifest = next(item["md5"] for item in json.loads(remote.read_text()) if item["relpath"] == "manifest.json")
    for place in (cached, remote):
        place = place.parents[1] / manifest[:2] / manifest[2:]
        place.chmod(0o644)
        place.write_text("{}")
    printed = prod.takeback("promote v1.0.0 --to canary", fails=True)
    assert "models/release/manifest.json: the object " in printed
    assert "is corrupt" in printed


def test_what_is_no_release_is_refused(ada):
    ada.git("tag v1.2.3")
    assert "v1.2.3 is a lightweight tag, not a release" in ada.takeback("promote v1.2.3 --to prod", fails=True)
    assert "v9.9.9: there is no such release" in ada.takeback("promote v9.9.9 --to prod", fails=True)
    assert "prod stage: is no name for an environment" in ada.takeback("promote v1.0.0 --to", "prod stage", fails=True)
    assert "prod: no release is there" in ada.takeback("rollback prod --reason x", fails=True)
    assert "--reason: says nothing" in ada.takeback("rollback prod --reason", " ", fails=True)
    assert "--reason: says nothing" in ada.takeback("promote v1.0.0 --to prod --reason", "", fails=True)
    assert "--reason: says nothing" in ada.takeback("promote v1.0.0 --to prod --unchecked", fails=True)
    assert "no release was brought to an environment" in ada.takeback("environments", fails=True)
    ada.environment = nobody(ada.environment)
    assert "Git does not know who you are" in ada.takeback("promote v1.0.0 --to prod", fails=True)
    assert ada.git("tag").splitlines() == sorted([*TAGS, "v1.2.3"])


def test_a_deleted_tag_comes_back_and_another_one_of_its_name_is_a_conflict(ada):
    ada.git("tag -d v1.0.0")
    ada.takeback("promote v1.0.0 --to prod")
    ada.git("tag -f -a v1.0.0 -m mine HEAD")
    printed = ada.takeback("promote v1.1.0 --to prod", fails=True)
    assert "v1.0.0 here (by Ada <ada@example.org>, " in printed
    assert "at origin are two tags" in printed


def test_without_a_git_remote_it_says_so_and_without_network_nothing_moves(ada):
    ada.git("remote set-url origin ../nowhere.git")
    before = ada.git("tag")
    assert "git ls-remote: fatal: " in ada.takeback("promote v1.0.0 --to prod", fails=True)
    assert ada.git("tag") == before
    ada.git("remote remove origin")
    assert "Only this clone knows: there is no Git remote origin" in ada.takeback("promote v1.0.0 --to prod")
    assert runs(ada) == "v1.0.0"


def test_what_the_git_remote_refuses_leaves_no_tag(ada):
    hook = ada.folder.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    hook.chmod(0o755)
    printed = ada.takeback("promote v1.0.0 --to prod", fails=True)
    assert "nothing has moved, the tags are taken back: git push: " in printed
    assert "the disk is full" in printed
    assert ada.git("tag").splitlines() == TAGS


def test_a_shallow_clone_promotes(ada):
    shallow = ada.folder.parent / "shallow"
    ada.git("clone -q --depth=1", f"file://{ada.folder.parent}/origin.git", str(shallow))
    ada.folder = shallow
    ada.environment["PYTHONPATH"] = str(shallow / "src")
    ada.takeback("promote v1.0.0 --to prod")
    assert ada.git("tag --list credit#*") == "credit#prod#1"
