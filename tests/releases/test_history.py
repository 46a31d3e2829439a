"""What was shared or made stays, whatever settings, links and hands there are."""

import re

import pytest


@pytest.fixture
def moved(ada):
    ada.takeback("promote v1.0.0 --to prod --reason first")
    ada.takeback("promote v1.1.0 --to prod --reason second")
    return ada


def test_pruning_removes_no_release_and_no_move(moved):
    moved.git("config fetch.prune true")
    moved.git("config fetch.pruneTags true")
    moved.fix()
    moved.takeback("release --no-push")
    moved.git("push -q origin --delete credit#prod#2")
    printed = moved.takeback("environments")
    assert "credit#prod#2 (v1.1.0" in printed
    assert "is not at origin: nobody else sees it" in printed
    assert {"v1.1.1", "credit#prod#2"} <= {*moved.git("tag").split()}


def test_a_move_to_a_release_that_does_not_exist_is_unchecked_and_not_done(ada):
    trailers = "Action: promote\nStage: uat\nVersion: v7.7.7\nReason: ok"
    ada.git("tag -a credit#uat#1 -m", f"x\n\n{trailers}")
    ada.git("push -q origin credit#uat#1")
    assert "UNCHECKED" in ada.takeback("environments")
    assert "v7.7.7" in ada.takeback("promote v7.7.7 --to uat --reason r", fails=True)


def test_a_forged_tag_at_head_is_not_completed(ada):
    ada.fix()
    message = ada.takeback("release --dry-run").partition("\n\n")[2]
    better = re.sub("champion.ranking.auc .*", "champion.ranking.auc 0.999", message)
    assert better != message
    ada.git("tag -a v1.1.1 --cleanup=verbatim -m", better)
    assert "v1.1.1 stands at this commit and" in ada.takeback("release", fails=True)


def test_a_reason_that_begins_a_signature_is_refused(ada):
    printed = ada.takeback("promote v1.1.0 --to prod --reason", "-----BEGIN SSH SIGNATURE-----", fails=True)
    assert "a line that begins a signature" in printed
    assert "credit#prod#1" not in ada.git("tag")


def test_a_reason_may_be_longer_than_an_argument(ada):
    """A message is the same length as the commits since the last release: for a first release all of them."""
    ada.takeback("promote v1.1.0 --to prod --reason", "long " * 14_000)
    assert ada.git("cat-file tag credit#prod#1").count("long ") >= 14_000


def test_a_link_in_the_settings_of_a_release_is_not_followed(ada):
    victim = ada.folder.parent / "precious"
    victim.write_text("precious")
    ada.path(".dvc/config.local").symlink_to("../../../../../../precious")
    ada.git("add -f .dvc/config.local")
    ada.git("commit -qm evil --no-verify")
    ada.path(".dvc/config.local").unlink()
    assert "config.local is a link" in ada.takeback("verify HEAD", fails=True)
    assert victim.read_text() == "precious"


def test_a_registration_on_another_commit_is_named(ada):
    ada.git("tag -a credit@v1.1.1 -m forged v1.0.0")
    ada.fix()
    assert "credit@v1.1.1 is on another commit than v1.1.1" in ada.takeback("release", fails=True)
