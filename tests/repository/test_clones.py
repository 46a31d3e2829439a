"""A temporary clone is another revision, whole and alone, and goes away."""

import pytest

from takeback.common.errors import UserError
from takeback.repository.clones import CLONES, repro, temporary_clone
from takeback.repository.git import git

STAGES = """
stages:
  count:
    cmd: python -c "open('count.txt', 'w').write(open('plain.json').read())"
    deps: [plain.json]
    outs: [count.txt]
"""


@pytest.fixture
def piped(small):
    small.path("dvc.yaml").write_text(STAGES)
    small.run("dvc", "repro", "-q")
    small.commit("a stage")
    return small


def test_it_is_the_revision_and_leaves_nothing(small):
    small.path("plain.json").write_text("changed, not committed")
    with temporary_clone("v1.0.0", folder=small.folder) as clone:
        assert (clone / "plain.json").read_text() == '{"number": 1}'
        assert git("status", "--porcelain", folder=clone) == ""
    assert list((small.folder / CLONES).iterdir()) == []
    assert small.path("plain.json").read_text() == "changed, not committed"
    assert git("worktree", "list", folder=small.folder).count("\n") == 0


def test_its_cache_is_empty_or_shared(piped):
    cache = piped.folder / ".dvc/cache"
    with temporary_clone("HEAD", folder=piped.folder) as clone:
        ran = []
        repro(clone, on_stage=ran.append)
        assert ran == ["count"]
        assert (clone / "count.txt").read_text() == '{"number": 2}'
    with temporary_clone("HEAD", cache, folder=piped.folder) as clone:
        repro(clone, on_stage=ran.append)
        assert ran == ["count"]
        assert (clone / "count.txt").exists()


def test_it_works_from_a_shallow_clone(piped, tmp_path):
    git("clone", "-q", "--depth=1", piped.folder.as_uri(), str(tmp_path / "shallow"))
    with temporary_clone("HEAD", folder=tmp_path / "shallow") as clone:
        repro(clone)
        assert (clone / "count.txt").exists()


def test_a_failing_stage_ends_with_its_last_lines(piped):
    piped.path("dvc.yaml").write_text(STAGES.replace("'count.txt', 'w'", "'nowhere/count.txt', 'w'"))
    piped.commit("broken")
    with (
        temporary_clone("HEAD", folder=piped.folder) as clone,
        pytest.raises(UserError, match=r"(?s)dvc repro failed in a temporary clone:.*nowhere/count.txt"),
    ):
        repro(clone)


def test_the_users_settings_do_not_leak_in(piped, monkeypatch):
    piped.path("dvc.yaml").write_text(
        STAGES.replace("open('plain.json').read()", "__import__('os').environ.get('DVC_EXP_NAME', 'none')")
    )
    piped.commit("says who it is")
    monkeypatch.setenv("DVC_EXP_NAME", "mine")
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):  # as in a hook of another repository
        monkeypatch.setenv(name, "/nonexistent")
    with temporary_clone("HEAD", folder=piped.folder) as clone:
        repro(clone)
        assert (clone / "count.txt").read_text() == "none"
        repro(clone, "--force", experiment="blame")
        assert (clone / "count.txt").read_text() == "blame"
