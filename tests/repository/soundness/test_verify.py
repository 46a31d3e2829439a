import os
import shutil
import signal
import subprocess
import time

import pytest

from takeback.common.errors import UserError
from takeback.repository.verification import rebuild, verify
from takeback.repository.verification_text import verification_text
from tests.repository.soundness.small import edit


def tagged(repository, tag="bad"):
    repository.commit(tag)
    repository.run("git", "tag", "-am", tag, tag)


def test_a_good_release_is_identical_and_the_worktree_stays(repository):
    repository.path("notes.txt").write_text("not committed")
    before = repository.run("git", "status", "--porcelain")
    printed = repository.run("takeback", "verify", "v1.0.0")
    assert "not signed" in printed and "4 of 4 outputs are identical." in printed
    assert repository.run("git", "status", "--porcelain") == before
    assert list(repository.path(".takeback/clones").iterdir()) == []


def test_neither_cache_nor_remote_is_needed(repository):
    for folder in (repository.path(".dvc/cache"), repository.path("../storage")):
        folder.rename(folder.with_name("away"))
    with rebuild("v1.0.0", repository.folder) as rebuilt:
        assert (rebuilt.folder / "report.txt").read_bytes() == repository.path("report.txt").read_bytes()
        assert all(row.identical for row in [*rebuilt.outs, *rebuilt.deps])
    assert not rebuilt.folder.exists()


def test_an_edited_lock_is_found_before_any_stage_runs(repository):
    edit(repository, "dvc.lock", "seed: 1", "seed: 7")
    tagged(repository)
    printed = repository.run("takeback", "verify", "bad", fails=True)
    assert "parts: params: parts.seed: dvc.lock has 7; params.yaml has 1" in printed and "Not rebuilt" in printed
    assert "identical" not in printed


def test_an_edited_output_differs_and_the_next_release_still_gets_its_turn(repository):
    edit(repository, "dvc.lock", "md5: add99f47", "md5: 00000000")
    tagged(repository)
    printed = repository.run("takeback", "verify", "bad", "v1.0.0", "--all", fails=True)
    assert "differs: dvc.lock 00000000, rebuilt add99f47" in printed
    assert "3 of 4 outputs are identical, 1 differ." in printed and "It begins in report" in printed
    assert "4 of 4" in printed and "train   models/model.txt  identical" in printed


def test_a_hash_of_digits_alone_is_named_and_a_pull_request_is_still_rebuilt(repository):
    edit(repository, "dvc.lock", "md5: add99f47", f"md5: {'0' * 32} # ")
    tagged(repository)
    printed = repository.run("takeback", "verify", "bad", fails=True)
    assert f"report: outs: report.txt: dvc.lock has {'0' * 32}; no quotes around it" in printed
    with rebuild("bad", repository.folder) as rebuilt:
        wrong = [row for row in rebuilt.outs if not row.identical]
    assert [(row.path, row.expected[:32]) for row in wrong] == [("report.txt", "0" * 32)]
    assert "has no quotes and is a number to DVC" in repository.run("takeback", "check", fails=True)


def test_an_edited_dependency_inside_a_cached_folder_is_found_by_the_rebuild(repository):
    edit(repository, "dvc.lock", "md5: ef61771f", "md5: 00000000")
    tagged(repository)
    printed = verification_text(verify("bad", repository.folder))
    assert "train: deps: data/parts/train.csv: dvc.lock 00000000, rebuilt ef61771f" in printed
    assert "4 of 4 outputs are identical." in printed


def test_what_does_not_reproduce_is_named_with_where_it_begins(repository):
    edit(repository, "code/stage.py", ".upper()", ' + __import__("uuid").uuid4().hex')
    repository.run("dvc", "repro", "-q")
    tagged(repository, "v1.1.0")
    printed = verification_text(verify("v1.1.0", repository.folder))
    assert "models/model.txt  differs" in printed and "report.txt        differs" in printed
    assert "It begins in train:" in printed


def test_an_unknown_tag_is_told_before_anything_is_rebuilt(repository):
    printed = repository.run("takeback", "verify", "v1.0.0", "v9.9.9", fails=True)
    assert printed.startswith("error: v9.9.9: there is no such tag")


def test_other_library_versions_are_told_first(repository):
    repository.path("requirements.lock").write_text(
        "numpy==1.0 \\\n    --hash=sha256:00\nscipy==0.1 ; sys_platform == 'no'\n"
    )
    tagged(repository, "old")
    printed = repository.run("takeback", "verify", "old")
    assert printed.index("numpy") < printed.index("identical") and "pinned 1.0" in printed and "scipy" not in printed
    assert ".venv-tag/bin/takeback verify old" in printed


def test_data_outside_git_are_brought_or_missed(repository):
    repository.path("big.csv").write_text("1")
    repository.run("dvc", "add", "-q", "big.csv")
    tagged(repository)
    assert verify("bad", repository.folder).good
    shutil.rmtree(repository.path(".dvc/cache"))  # and nobody has pushed them
    with pytest.raises(UserError, match=r"big\.csv, as commit .* names it, is neither in the cache nor in a remote"):
        verify("bad", repository.folder)


def test_data_in_git_lfs_are_told(repository):
    """What Git holds then is a pointer; whether Git LFS is installed makes no difference."""
    repository.path(".gitattributes").write_text("*.csv filter=lfs diff=lfs merge=lfs -text\n")
    repository.path("data/source.csv").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 8\n"
    )
    tagged(repository)
    printed = repository.run("takeback", "verify", "bad", fails=True)
    assert "error: bad: data/source.csv: lies in Git LFS, so Git alone has a pointer and can't rebuild bad." in printed
    assert "edited by hand" not in printed
    repository.path("data/source.csv").write_text("a\nb\nc\nd\n")
    tagged(repository, "whole")
    assert "4 of 4 outputs are identical" in repository.run("takeback", "verify", "whole")


def test_a_failing_stage_is_told(repository):
    exits = "def train():\n    if not Path('.dvc/tmp/here').exists(): sys.exit('no data today')"
    edit(repository, "code/stage.py", "def train():", exits)
    repository.path(".dvc/tmp/here").touch()
    repository.run("dvc", "repro", "-q")
    tagged(repository)
    with pytest.raises(UserError, match="no data today"):
        verify("bad", repository.folder)


def test_a_killed_verify_leaves_nothing_that_gc_does_not_clear(repository):
    command = ["takeback", "verify", "v1.0.0"]
    process = subprocess.Popen(command, cwd=repository.folder, env=repository.environment, start_new_session=True)
    clones = repository.path(".takeback/clones")
    deadline = time.monotonic() + 60
    while not list(clones.glob("*/dvc.lock")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(clones.iterdir())
    repository.run("takeback", "gc", "--yes")
    assert list(clones.iterdir()) == []
