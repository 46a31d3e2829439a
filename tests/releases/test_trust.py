"""What is promoted is what `takeback release` made; an emergency is seen for ever; no history is lost."""

import re

import pytest

from tests.clones import set_values
from tests.releases.test_moving import runs
from tests.releases.test_release import key  # noqa: F401  a fixture
from tests.signing import new_key

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

GATE = "metrics/gate.json"


@pytest.fixture
def by_hand(ada):
    """A tag by hand on a commit whose gate blocks."""
    text = ada.path(GATE).read_text()
    ada.path(GATE).write_text(text.replace('"verdict": "pass"', '"verdict": "blocked"'))
    ada.git("commit -qam blocked --no-verify")
    ada.git("tag -a v8.0.0 -m x")
    return ada


def test_a_tag_by_hand_moves_nothing(by_hand):
    before = by_hand.tags()
    assert "v8.0.0 was not made by `takeback release`" in by_hand.takeback("promote v8.0.0 --to prod", fails=True)
    printed = by_hand.takeback("rollback prod --to v8.0.0 --reason x", fails=True)
    assert "To move it all the same: --unchecked --reason WHY, which stays visible." in printed
    assert by_hand.tags() == before


def test_an_emergency_moves_it_and_every_list_says_so(by_hand):
    by_hand.takeback("promote v8.0.0 --to prod --unchecked --reason", "the storage burns")
    by_hand.takeback("promote v1.1.0 --to prod")
    assert by_hand.git("cat-file tag credit#prod#1").count("Unchecked: its origin, lock, gate and signature") == 1
    assert re.search(r"v8\.0\.0 .*UNCHECKED.*the storage burns", by_hand.takeback("environments --history"))
    assert "the storage burns" in by_hand.takeback("notes")
    assert "Put into prod unchecked, by Ada" in by_hand.takeback("notes")
    assert re.search(r"v8\.0\.0.*unchecked", by_hand.takeback("trend"), re.IGNORECASE | re.DOTALL)
    assert "the storage burns" in by_hand.colleague().takeback("environments --history")


def test_a_tag_that_was_made_for_another_name_is_refused(ada):
    ada.git("update-ref refs/tags/v9.0.0", ada.git("rev-parse v1.1.0"))
    assert "v9.0.0 was made as v1.1.0" in ada.takeback("promote v9.0.0 --to prod", fails=True)


def test_a_gate_that_blocks_now_is_found_though_the_tag_says_it_passed(ada):
    message = ada.git("for-each-ref --format=%(contents) refs/tags/v1.1.0")
    set_values(ada, "conf/gate/default.yaml", min_auc={"limit": 0.99, "blocks": "fail"})
    ada.takeback("compose")
    ada.git("commit -qam", "a limit", "--no-verify")
    commit = ada.git("rev-parse HEAD")
    text = re.sub("(?m)^Commit: .*$", f"Commit: {commit}", message.replace("v1.1.0", "v1.2.0"))
    ada.git("tag -a v1.2.0 --cleanup=verbatim -m", text)
    printed = ada.takeback("promote v1.2.0 --to prod", fails=True)
    assert "v1.2.0: the gate blocks, computed again from its files (min_auc " in printed


def test_a_second_tag_on_a_commit_renames_nothing(ada):
    ada.takeback("promote v1.1.0 --to prod")
    ada.takeback("release v1.5.0 --no-push --force", fails=True)
    ada.git("tag -a v1.5.0 -m second v1.1.0")
    ada.git("tag -a credit@v1.5.0 -m second v1.1.0")
    assert re.search(r"^prod +v1\.1\.0 ", ada.takeback("environments"), re.MULTILINE)


def test_a_key_that_is_missing_is_an_error_and_never_an_unsigned_tag(ada):
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", "/nowhere/key.pub"), ("tag.gpgSign", "true")):
        ada.git("config", name, value)
    before = ada.tags()
    assert "error: " in ada.takeback("promote v1.1.0 --to prod", fails=True)
    ada.fix()
    assert "error: " in ada.takeback("release", fails=True)
    assert ada.tags() == before


def require_signatures(bank, **more):
    set_values(bank, "conf/governance/default.yaml", signatures="required", **more)
    bank.takeback("compose")
    bank.settle()
    bank.commit("signatures are required")


def test_where_signatures_are_required_an_unsigned_release_is_refused(ada, key):  # noqa: F811
    require_signatures(ada)
    printed = ada.takeback("promote v1.1.0 --to prod", fails=True)
    assert "v1.1.0: not signed, and conf/governance requires it" in printed
    assert "Released v1.1.1" in ada.takeback("release")
    ada.takeback("promote v1.1.1 --to prod")
    assert "Good" in ada.run("git", "verify-tag", "credit#prod#1")


@pytest.mark.long
def test_a_key_that_promote_would_not_trust_is_refused_before_the_tag(ada, key):  # noqa: F811
    ada.path("conf/governance/signers").write_text("ben@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n")
    require_signatures(ada, allowed_signers="conf/governance/signers")
    before = ada.tags()
    for asked in ("release --dry-run", "release"):
        printed = ada.takeback(asked, fails=True)
        assert "the key you sign with is not trusted (" in printed
        assert (
            "add a line `ada@example.org KEY`, as in the file of your public key, to conf/governance/signers" in printed
        )
    assert ada.tags() == before
    signers = ada.folder.parent / "signers"
    ada.path("conf/governance/signers").write_text(signers.read_text())
    ada.settle()
    ada.commit("Ada may release")
    assert "Released v1.1.1" in ada.takeback("release")
    ada.takeback("promote v1.1.1 --to prod")
    new_key(ada.folder.parent / "other")
    ada.git("config user.signingkey", str(ada.folder.parent / "other"))
    assert "not trusted" in ada.takeback("promote v1.1.1 --to canary", fails=True)
    assert "credit#canary#1" not in ada.git("tag")


def test_a_signature_that_is_asked_for_is_checked_where_none_is_required(ada, key):  # noqa: F811
    ada.fix()
    (ada.folder.parent / "signers").write_text("")
    assert "gpg.ssh.allowedSignersFile` names" in ada.takeback("release --sign", fails=True)
    assert "Released v1.1.1" in ada.takeback("release")


@pytest.mark.long
def test_a_move_that_nobody_trusted_made_is_shown_and_not_followed(ada, key):  # noqa: F811
    ada.takeback("promote v1.0.0 --to prod --reason before")
    require_signatures(ada)
    assert re.search(r"^prod +v1\.0\.0 .*UNSIGNED: before$", ada.takeback("environments"), re.MULTILINE)
    ada.takeback("release")
    ada.takeback("promote v1.1.1 --to prod --reason signed")
    assert re.search(r"^prod +v1\.1\.1 .* signed$", ada.takeback("environments"), re.MULTILINE)
    made = ada.git("cat-file tag credit#prod#2").partition("\n\n")[2].partition("-----BEGIN")[0]
    commit = ada.git("rev-parse v1.1.0^{commit}")
    text = made.replace("v1.1.1", "v1.1.0").replace("signed", "mine")
    new_key(ada.folder.parent / "stranger")
    for number, how in (("3", ["--no-sign"]), ("4", ["--sign", "-u", str(ada.folder.parent / "stranger")])):
        ada.git(f"tag -a credit#prod#{number} --cleanup=verbatim", *how, "-m", text, commit)
        ada.git(f"push -q origin credit#prod#{number}")
    printed = ada.takeback("environments")
    assert re.search(r"^prod +v1\.1\.1 .* signed$", printed, re.MULTILINE)
    assert "credit#prod#3 is not signed, and conf/governance requires it (by Ada" in printed
    assert "credit#prod#4 is not valid, or not by someone you trust" in printed
    history = ada.takeback("environments --history")
    assert len(re.findall(r"^prod +v1\.1\.0 .* NOT FOLLOWED: mine$", history, re.MULTILINE)) == 2
    ada.fix()
    ada.takeback("release")
    assert "prod is at v1.1.2 (credit#prod#5" in ada.takeback("promote v1.1.2 --to prod")


def test_a_move_that_was_moved_at_origin_is_kept_and_named(ada):
    ada.takeback("promote v1.0.0 --to prod --reason", "the true story")
    old, ben = ada.git("rev-parse credit#prod#1"), ada.colleague()
    ben.git("tag -d credit#prod#1")
    ben.git("push -q --delete origin credit#prod#1")
    ben.takeback("promote v1.1.0 --to prod --reason", "another story")
    printed = ada.takeback("environments")
    assert "history was overwritten at origin: credit#prod#1 (v1.0.0, by Ada" in printed
    assert "the true story" in printed
    assert runs(ada) == "v1.1.0"
    place = f"refs/takeback/overwritten/credit#prod#1/{old[:12]}"
    assert ada.git("rev-parse", place) == old
    assert f"credit#prod#1/{old[:12]} is kept" in ada.takeback("environments --history")


def test_a_move_whose_push_outlived_it_is_done(ada):
    """The tag arrives at origin after the run that made it was killed and its own copy was dropped."""
    ada.takeback("promote v1.1.0 --to prod --reason x")
    ada.git("tag -d credit#prod#1")
    assert "Nothing is left to do" in ada.takeback("promote v1.1.0 --to prod --reason x")


def test_gto_shows_a_release_that_was_never_promoted(ada):
    assert "v1.1.0" in ada.run("gto", "show", "credit")
