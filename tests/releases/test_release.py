"""`takeback release`: every check, one tag, shared at once, and nothing half done."""

import json
import re
import shutil
import subprocess

import pytest

from tests.bank import TAGS, nobody
from tests.clones import set_values
from tests.signing import new_key

pytestmark = pytest.mark.long  # `make test` stays under ten minutes


def test_the_tag_tells_people_and_programs(ada):
    message = ada.git("for-each-ref --format=%(contents)", "refs/tags/v1.1.0")
    assert message.startswith("v1.1.0: logistic on taiwan\n\nOn the test part")
    assert "\nGate: pass\n- " in message
    assert ", does not block (" in message
    assert "\nChanges since v1.0.0\n- minor: champion: rule -> logistic\n" in message
    assert " logistic as champion\n" in message
    parsed = subprocess.run(["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True)
    lines = parsed.stdout.splitlines()
    assert lines == ada.git("for-each-ref --format=%(contents:trailers:only,unfold)", "refs/tags/v1.1.0").splitlines()
    assert {"Release: v1.1.0", "Previous-Release: v1.0.0", "Champion: logistic", "Gate: pass"} < set(lines)
    assert any(line.startswith("Metric: fallback.ranking.auc 0.") for line in lines)
    assert any(line.startswith("Library: numpy ") for line in lines)
    assert any(line.startswith("Data-SHA256: ") for line in lines)
    assert "Data-Rows: 2000" in lines


def test_notes_are_made_from_the_tags(ada):
    everything = ada.takeback("notes")
    assert [line[:9] for line in everything.splitlines() if line.startswith("## ")] == ["## v1.1.0", "## v1.0.0"]
    assert "- minor: champion: rule -> logistic" in everything
    assert "| AUC | 0." in " ".join(everything.split())
    assert "## v1.0.0" not in ada.takeback("notes v1.0.0..v1.1.0")
    assert "there is no release in v1.1.0..HEAD" in ada.takeback("notes v1.1.0..HEAD", fails=True)
    assert "expected A..B" in ada.takeback("notes ..v1.1.0", fails=True)
    assert ada.takeback("notes v1.1.0") == ada.takeback("notes v1.0.0..v1.1.0")


def test_everything_that_is_wrong_is_in_one_list(ada):
    before = ada.tags()
    set_values(ada, "conf/policy/default.yaml", max_referral_rate=0.07)
    ada.path("models/release/contract.json").write_text("{}")
    gate = ada.path("metrics/gate.json")
    gate.write_text(gate.read_text().replace('"verdict": "pass"', '"verdict": "blocked"'))
    ada.run("dvc", "remote", "remove", "storage")
    ada.git("remote remove origin")
    ada.git("commit -q --allow-empty --no-verify -m next")
    ada.environment = nobody(ada.environment)
    printed = ada.takeback("release v1.0.0", fails=True)
    for said in (
        "git config --global user.name",
        "the worktree has changes (.dvc/config, conf/policy/default.yaml, metrics/gate.json)",
        "params.yaml: is not what conf/ composes",
        "no DVC remote is configured: `dvc remote add",
        "dvc.lock is not fresh (stages configure, ",
        "metrics/gate.json: is not what stage gate wrote",
        "models/release: is not what stage package wrote, by dvc.lock",
        "v1.0.0 is taken by another commit (Ada <ada@example.org>, ",
    ):
        assert said in printed
    assert ada.git("tag").splitlines() == before[0]


def test_a_fix_is_a_patch_and_a_dry_run_writes_nothing(ada):
    ada.fix()
    before = ada.tags(), ada.git("status --porcelain")
    printed = ada.takeback("release --dry-run")
    assert printed.startswith("v1.1.1\n  patch: same settings, features and data: a refit or a fix of code\n")
    assert "Ein kleiner Fix, größer als nichts" in printed
    assert (ada.tags(), ada.git("status --porcelain")) == before
    assert "asked for; these changes propose v1.1.1" in ada.takeback("release v1.2.0 --dry-run")
    assert "v1.0.9 is not above the last release, v1.1.0" in ada.takeback("release v1.0.9", fails=True)
    ada.git("tag v1.2.3")
    assert "v1.2.3 is a lightweight tag, which is no release" in ada.takeback("release v1.2.3", fails=True)
    assert "v1.2: is no version" in ada.takeback("release v1.2", fails=True)


def test_a_release_is_released_once_and_an_interrupted_one_is_completed(ada):
    assert "this commit is a release already: v1.1.0, by Ada <" in ada.takeback("release v1.2.0", fails=True)
    for again in ("release", "release v1.1.0"):
        assert re.match(r"v1\.1\.0 is released already, by Ada <.*Nothing is left to do\.", ada.takeback(again))
    ada.git("push -q --delete origin v1.1.0 credit@v1.1.0")
    made = ada.git("rev-parse v1.1.0")
    assert "Released v1.1.0 (pushed to origin)" in ada.takeback("release")
    assert ada.git("ls-remote origin refs/tags/v1.1.0").split()[0] == made


def test_nothing_is_left_to_do_hides_no_change_of_the_worktree_and_no_moved_tag(ada):
    ada.path("README.md").write_text("changed")
    for asked in ("release", "release --dry-run", "release --no-push"):
        printed = ada.takeback(asked, fails=True)
        assert "v1.1.0 is made already, by Ada <" in printed
        assert "the worktree has changes (README.md)" in printed and "Nothing is left" not in printed
    ada.git("checkout -q README.md")
    ada.git("push -q origin +v1.0.0:refs/tags/v1.1.0")
    printed = ada.takeback("release", fails=True)
    assert "v1.1.0 here (by Ada" in printed and "at origin are two tags" in printed


def test_a_dry_run_of_a_release_shows_what_its_tag_says(ada):
    made = ada.git("for-each-ref --format=%(contents)", "refs/tags/v1.1.0")
    printed = ada.takeback("release --dry-run")
    assert printed.startswith("v1.1.0 is released already\n") and made in printed
    ada.git("push -q --delete origin v1.1.0")
    assert ada.takeback("release --dry-run").startswith("v1.1.0 completes an interrupted run\n")


def ignored_code(ada):
    """A module that only Ada's own settings ignore; DVC hashes the folder with it."""
    ada.path(".git/info/exclude").write_text("mine.py\n")
    ada.path("src/takeback/preparation/mine.py").write_text("x = 1\n")


def unchanged_by_order(ada):
    ada.git("update-index --assume-unchanged src/takeback/preparation/splitting.py")
    with ada.path("src/takeback/preparation/splitting.py").open("a") as file:
        file.write("# mine\n")


@pytest.mark.parametrize("hide", [ignored_code, unchanged_by_order])
def test_code_that_git_does_not_see_is_no_release(ada, hide):
    ada.fix()
    hide(ada)
    ada.settle()
    ada.git("commit -qam", "the lock of it", "--no-verify", "--allow-empty")
    before = ada.tags()
    printed = ada.takeback("release", fails=True)
    assert "dvc.lock is not that of the committed files (" in printed
    assert "has something that Git does not see" in printed and "src/takeback/preparation" in printed
    assert ada.tags() == before


def test_what_a_person_set_for_their_own_eyes_changes_nothing(ada):
    for name, value in (
        ("status.showUntrackedFiles", "no"),
        ("log.showSignature", "true"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
        ("push.followTags", "true"),
    ):
        ada.git("config", name, value)
    ada.git("mv README.md LIESMICH.md")
    ada.path("more.txt").write_text("not committed")
    printed = ada.takeback("release", fails=True)
    assert "the worktree has changes (LIESMICH.md, README.md, more.txt)" in printed
    ada.git("reset -q --hard")
    ada.path("more.txt").unlink()
    ada.fix()
    ada.git("tag -a mine -m mine")
    assert "Released v1.1.1" in ada.takeback("release")
    assert " Ein kleiner Fix, größer als nichts\n" in ada.git("cat-file tag v1.1.1")
    assert "mine" not in ada.tags()[1]


def test_a_second_push_url_has_it_though_the_first_one_has_it_by_a_run_that_was_killed(ada):
    """The tag arrives at origin between our look and our push, which then fails at the branch."""
    ada.git("init -q --bare ../second.git")
    origin = ada.folder.parent / "origin.git"
    for url in (str(origin), str(ada.folder.parent / "second.git")):
        ada.git("remote set-url --add --push origin", url)
    ada.fix()
    refuse = f"printf '#!/bin/sh\\nexit 1\\n' > '{origin}/hooks/pre-receive'; chmod +x '{origin}/hooks/pre-receive'"
    ada.hook("pre-push", f"rm -f .git/hooks/pre-push; git push -q --no-verify '{origin}' v1.1.1; {refuse}")
    printed = ada.takeback("release")
    assert "Released v1.1.1 (pushed to origin)" in printed
    for name in ("origin.git", "second.git"):
        assert "refs/tags/v1.1.1" in ada.git(f"ls-remote ../{name}")


def test_a_tag_by_hand_is_not_completed(ada):
    ada.fix()
    ada.git("tag -a v1.1.1 -m", "by hand")
    assert "`git tag -d v1.1.1` takes it back" in ada.takeback("release", fails=True)
    assert "v1.1.1" not in ada.tags()[1]


def test_somebody_faster_wins_and_is_named(ada):
    ben = ada.colleague()
    ben.git("checkout -q -b other")
    ben.fix()
    ben.git("tag -a v1.1.1 -m", "Ben's")
    ada.fix()
    ada.hook("pre-push", f"git -C '{ben.folder}' push -q origin v1.1.1")
    printed = ada.takeback("release", fails=True)
    assert "not released: v1.1.1 came to origin meanwhile, by Ben <ben@example.org>, " in printed
    assert ada.git("rev-parse v1.1.1") == ben.git("rev-parse v1.1.1")
    assert ada.git("rev-parse origin/main") != ada.git("rev-parse main")


def test_what_the_git_remote_refuses_leaves_no_tag(ada):
    ada.fix()
    hook = ada.folder.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    hook.chmod(0o755)
    printed = ada.takeback("release", fails=True)
    assert "not released, v1.1.1 is taken back: git push" in printed
    assert "the disk is full" in printed
    assert ada.tags()[0] == TAGS


def test_what_the_dvc_remote_lost_is_sent_again(ada):
    ada.fix()
    _, remote = ada.stored("data/quarantine.csv")
    folder = ada.stored("models/release")[1]
    remote.unlink()
    inside = folder.parents[3] / "files/md5"
    lost = [inside / oid[:2] / oid[2:] for oid in files_of(folder)]
    lost[0].unlink()
    ada.takeback("release")
    assert remote.exists()
    assert lost[0].exists()


def files_of(folder):
    return [entry["md5"] for entry in json.loads(folder.read_text())]


def test_what_neither_cache_nor_remote_has_stops_it(ada):
    ada.fix()
    for place in ada.stored("data/quarantine.csv"):
        place.unlink()
    printed = ada.takeback("release", fails=True)
    assert "data/quarantine.csv is not in the worktree or the cache: `dvc pull`, or `dvc commit --force`" in printed
    assert "v1.1.1" not in ada.git("tag")
    ada.run("dvc", "commit", "--force")
    ada.takeback("release")


def test_a_dvc_remote_that_cannot_be_written_stops_it(ada):
    ada.fix()
    place = ada.stored("data/quarantine.csv")[1].parent
    shutil.rmtree(place)
    place.write_text("a file")
    printed = ada.takeback("release", fails=True)
    assert "Not a directory" in printed and "Is the storage reachable?" in printed
    assert "v1.1.1" not in ada.git("tag")


def test_detached_it_pushes_the_tag_alone_and_shallow_it_says_what_to_do(ada):
    ada.git("checkout -q --detach")
    ada.fix()
    ada.takeback("release")
    assert "v1.1.1" in ada.tags()[1]
    shallow = ada.folder.parent / "shallow"
    ada.git("clone -q --depth=1", f"file://{ada.folder.parent}/origin.git", str(shallow))
    ada.folder = shallow
    ada.environment["PYTHONPATH"] = str(shallow / "src")
    ada.fix()
    assert "this clone is shallow" in ada.takeback("release v9.0.0 --no-push", fails=True)


@pytest.fixture
def key(ada):
    path = ada.folder.parent / "key"
    (path.parent / "signers").write_text(f"ada@example.org {new_key(path)}")
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", f"{path}.pub")):
        ada.git("config", name, value)
    ada.git("config gpg.ssh.allowedSignersFile", str(path.parent / "signers"))


@pytest.mark.usefixtures("key")
def test_a_signed_release_is_verified_before_it_is_promoted(ada):
    ada.fix()
    ada.takeback("release --sign")
    assert "Good" in ada.run("git", "verify-tag", "v1.1.1")
    assert "## v1.1.1 " in ada.takeback("notes")
    assert "a fix of code" in ada.takeback("notes v1.1.0..")
    (ada.folder.parent / "signers").write_text("")
    assert "v1.1.1: not valid, or not by someone you trust: " in ada.takeback("promote v1.1.1 --to prod", fails=True)
    assert ada.git("tag --list credit#*") == ""
