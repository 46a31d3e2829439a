"""What was shared or made stays, whatever settings, links and hands there are."""

import re

import pytest

pytestmark = pytest.mark.long  # `make test` stays under ten minutes


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


def test_tags_of_other_programs_are_left_alone(moved):
    """Also one whose name begins as a release's does, and which is another at origin."""
    ben = moved.colleague()
    for bank in (moved, ben):
        bank.git("tag -a vendor-2024 -m", bank.folder.name)
    ben.git("push -q origin vendor-2024")
    ben.git("tag vendor-2025")
    ben.git("push -q origin vendor-2025")
    mine = moved.git("rev-parse vendor-2024")
    moved.takeback("environments")
    assert moved.git("rev-parse vendor-2024") == mine
    assert "vendor-2025" not in moved.git("tag").split()


def test_a_registration_that_was_moved_at_origin_is_named_and_kept(moved):
    old = moved.git("rev-parse credit@v1.0.0")
    ben = moved.colleague()
    ben.git("tag -f -a credit@v1.0.0 -m moved v1.1.0")
    ben.git("push -q -f origin credit@v1.0.0")
    assert "history was overwritten at origin: credit@v1.0.0 (" in moved.takeback("environments")
    assert moved.git("rev-parse", f"refs/takeback/overwritten/credit@v1.0.0/{old[:12]}") == old


@pytest.mark.parametrize(("name", "free"), [(f"credit#prod#{'9' * 200}", 3), ("credit#prod#3/x", 4)])
def test_a_name_that_is_no_moves_stops_no_other_move(moved, name, free):
    moved.git(f"tag -a {name} -m x v1.0.0^{{}}")
    moved.git(f"push -q origin {name}")
    printed = moved.takeback("rollback prod --reason x")
    assert f"prod is at v1.0.0 (credit#prod#{free}, by Ada" in printed
    assert (f"tag {name} has no name of a move, such as credit#prod#1. It is left out" in printed) == (free == 3)
    moved.git(f"tag -d {name}")  # at origin alone it is in the way of a push, too
    moved.git(f"tag -d credit#prod#{free}")
    moved.git(f"push -q --delete origin credit#prod#{free}")
    assert f"prod is at v1.0.0 (credit#prod#{free}, by Ada" in moved.takeback("rollback prod --reason x")


def test_a_move_of_the_year_9999_leaves_the_next_one_a_date(moved):
    moved.environment["GIT_COMMITTER_DATE"] = "@253402300799 +0000"
    moved.git("tag -a credit#prod#3 -m x v1.0.0^{}")
    del moved.environment["GIT_COMMITTER_DATE"]
    moved.git("push -q origin credit#prod#3")
    printed = moved.takeback("rollback prod --reason x")
    assert "credit#prod#3 is dated 9999-12-31; GTO takes it for the latest. It is left out" in printed
    assert "prod is at v1.0.0 (credit#prod#4, by Ada" in printed


def test_the_last_number_of_an_environment(moved):
    moved.git("tag -a credit#prod#999999 -m x v1.0.0^{}")
    moved.git("push -q origin credit#prod#999999")
    assert "credit#prod#999999 leaves no number" in moved.takeback("promote v1.1.0 --to prod", fails=True)


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
