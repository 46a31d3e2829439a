"""What would end DVC's process in a worktree or in a release is one message of each command that reads it."""

import pytest

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

DEEP = "[" * 100_000


@pytest.mark.parametrize("name", ["dvc.yaml", "params.yaml", "data/more.csv.dvc"])
def test_in_the_worktree_every_command_says_so(ada, name):
    ada.path(name).write_text(DEEP)
    for command, fails in (("check", True), ("diff v1.0.0", name == "params.yaml"), ("release --dry-run", True)):
        assert f"{name}: not readable as YAML" in ada.takeback(command, fails=fails)  # diff tells what else it knows


def test_in_a_commit_it_is_neither_promoted_nor_verified(ada):
    ada.path("data/more.csv.dvc").write_text("x: 2001-99-99")
    ada.git("add data/more.csv.dvc")
    ada.git("commit -qm hostile --no-verify")
    message = ada.git("for-each-ref --format=%(contents) refs/tags/v1.1.0").replace("v1.1.0", "v1.2.0")
    said = message.replace(ada.git("rev-parse v1.1.0^{commit}"), ada.git("rev-parse HEAD"))
    ada.git("tag -a v1.2.0 --cleanup=verbatim -m", said)
    expected = "data/more.csv.dvc: not readable as YAML (month must be in 1..12)"
    assert expected in ada.takeback("promote v1.2.0 --to prod", fails=True)
    assert expected in ada.takeback("promote v1.2.0 --to prod --unchecked --reason x", fails=True)
    assert expected in ada.takeback("verify v1.2.0", fails=True)
    assert expected in ada.takeback("check v1.2.0", fails=True)
    assert "credit#prod#1" not in ada.git("tag")
