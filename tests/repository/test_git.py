"""Git's answers and refusals, as one message."""

import pytest

from takeback.common.errors import UserError
from takeback.repository.git import commit_of, fetched_commit, git, git_succeeds, root


def test_a_commit_has_many_names(small):
    assert commit_of("v2.0.0", small.folder) == commit_of("HEAD", small.folder) == commit_of("main", small.folder)
    assert root(small.folder / ".dvc") == small.folder.resolve()


def test_what_git_says_is_passed_on(small):
    with pytest.raises(UserError, match=r"git show: fatal: .*no-such-name"):
        git("show", "no-such-name", folder=small.folder)
    assert not git_succeeds("show", "no-such-name", folder=small.folder)
    assert git_succeeds("show", "v1.0.0", folder=small.folder)


@pytest.mark.parametrize("name", ["v9.9.9", "-rf", "--all", "v1.0.0..v2.0.0"])
def test_an_unknown_revision_says_what_may_help(small, name):
    with pytest.raises(UserError, match=f"{name}: there is no such tag.*git fetch --tags"):
        commit_of(name, small.folder)


def test_a_shallow_clone_is_told_how_to_get_more(small, tmp_path):
    git("clone", "-q", "--depth=1", small.folder.as_uri(), str(tmp_path / "shallow"))
    with pytest.raises(UserError, match=r"This clone is shallow: `git fetch --depth=1 origin v1.0.0`"):
        commit_of("v1.0.0", tmp_path / "shallow")


def test_outside_a_repository_it_says_so(tmp_path):
    with pytest.raises(UserError, match="not a git repository"):
        commit_of("HEAD", tmp_path)


HOSTILE = ["--upload-pack=touch ran", "+refs/heads/main:refs/heads/other", "main:other", "^main", "x y", "", "-h"]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_fetched_is_a_name_and_no_option_or_refspec(small, name):
    git("init", "-q", "--bare", "-b", "main", "../origin.git", folder=small.folder)
    git("remote", "add", "origin", "../origin.git", folder=small.folder)
    git("push", "-q", "origin", "main", "main:another", folder=small.folder)
    refs = git("show-ref", folder=small.folder)
    assert fetched_commit(name, "origin", small.folder) is None
    assert fetched_commit("another", "origin", small.folder) == commit_of("main", small.folder)
    assert git("show-ref", folder=small.folder) == refs
    assert not small.path("ran").exists()


def test_a_hooks_variables_do_not_turn_a_clone_into_the_users_repository(small, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(small.path(".git")))
    monkeypatch.setenv("GIT_WORK_TREE", str(small.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(small.path(".git/index")))
    (tmp_path / "other").mkdir()
    git("init", "-q", folder=tmp_path / "other")
    assert root(tmp_path / "other") == tmp_path / "other"
    assert git("ls-files", folder=tmp_path / "other") == ""


def test_a_name_that_is_not_ascii_is_printed_as_it_is(small):
    small.path("größe.txt").write_text("")
    small.commit("größer")
    assert "größe.txt" in git("ls-files", folder=small.folder)
