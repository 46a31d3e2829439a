"""A small bank with two releases, a Git remote and a DVC remote beside the clone; the fixture `ada` is a copy."""

from pathlib import Path

from tests.clones import Repository, copy_repository, keep_rows, never_block, set_values

BANK, ORIGIN, STORAGE = "Bänk eins", "origin.git", "takeback-storage"
TAGS = ["credit@v1.0.0", "credit@v1.1.0", "v1.0.0", "v1.1.0"]  # of a release, and GTO's of it


class Bank(Repository):
    """A clone of the bank's repository, one person's."""

    def __init__(self, folder, person="Ada"):
        super().__init__(folder, OMP_NUM_THREADS="1")
        for role in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{role}_NAME": person, f"GIT_{role}_EMAIL": f"{person.lower()}@example.org"}

    def takeback(self, command, *more, fails=False):
        return self.run("takeback", *command.split(), *more, fails=fails)

    def git(self, command, *more):
        return self.run("git", *command.split(), *more).strip()

    def colleague(self, name="Ben"):
        """Return the clone of somebody else."""
        folder = self.folder.parent / name
        self.git("clone -q", f"../{ORIGIN}", str(folder))
        return Bank(folder, name)

    def tags(self):
        """Return the tags here and at the Git remote."""
        theirs = self.git("ls-remote --tags --refs origin").splitlines()
        return self.git("tag").splitlines(), sorted(line.split("refs/tags/")[1] for line in theirs)

    def fix(self):
        """Commit something that is worth a release."""
        self.git("commit -q --allow-empty --no-verify -m", "Ein kleiner Fix, größer als nichts")

    def settle(self):
        """Let dvc.lock say that the pipeline wrote what lies in the workspace, with the settings that lie there."""
        self.run("dvc", "commit", "--force", "--quiet")

    def stored(self, path, tag="v1.1.0"):
        """Return where the cache and the remote have the object of an output."""
        lock = self.git(f"show {tag}:dvc.lock").split(f"- path: {path}\n", 1)[1]
        md5 = lock.split("md5: ", 1)[1].split()[0]
        places = self.path(".dvc/cache"), self.folder.parent / STORAGE
        return [place / "files" / "md5" / md5[:2] / md5[2:] for place in places]

    def hook(self, name, script):
        """Let Git run a script at the moment that a hook's name says."""
        path = self.path(f".git/hooks/{name}")
        path.write_text(f"#!/bin/sh\nunset GIT_DIR GIT_INDEX_FILE\n{script}\n")
        path.chmod(0o755)


def build_bank(folder):
    """Build it: v1.0.0 is the rule, v1.1.0 the scorecard. Few rows, small models, and a gate that never blocks."""
    copy_repository(folder / "Ada")
    bank = Bank(folder / "Ada")
    bank.git("init -q --bare -b main", f"../{ORIGIN}")
    bank.git("remote add origin", f"../{ORIGIN}")
    keep_rows(bank, 2000)
    never_block(bank)
    set_values(bank, "conf/model/xgboost/default.yaml", max_rounds=4, early_stopping_rounds=2)
    set_values(bank, "conf/model/forest/default.yaml", trees=4)
    for tag, champion in (("v1.0.0", "rule"), ("v1.1.0", "logistic")):
        set_values(bank, "conf/champion/default.yaml", prefer=[champion], tolerance=1.0)
        bank.takeback("compose")
        bank.run("dvc", "repro")
        bank.commit(f"{champion} as champion")
        assert f"Released {tag} (pushed to origin)" in bank.takeback("release")


def nobody(environment):
    """Return an environment in which Git does not know who works."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    return kept | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def contents(folder: Path, *names: str) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for name in names
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }
