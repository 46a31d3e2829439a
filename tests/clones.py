"""A copy of this repository in a temporary folder, with real git and real dvc."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# What a person has set for all repositories, such as signing, line ends or a shared cache, is not for the tests.
NO_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "DVC_GLOBAL_CONFIG_DIR": "/nonexistent",
    "DVC_SYSTEM_CONFIG_DIR": "/nonexistent",
    "DVC_NO_ANALYTICS": "1",
}


class Repository:
    """A clone whose commands run with this environment's programs and the clone's own code."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "PYTEST", "GIT_"))}
        identity = {"GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.org"}
        identity |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in identity.items()}
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**clean, **identity, **NO_SETTINGS, "PATH": path, **environment}
        self.environment["PYTHONPATH"] = str(folder / "src")

    def run(self, *command: str, fails: bool = False, timeout: int = 300) -> str:
        """Run a command, check how it ended, and return what it printed."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        printed = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, f"{printed}\nended with {done.returncode}"
        assert "Traceback" not in printed, printed
        return printed

    def path(self, name: str) -> Path:
        return self.folder / name

    def commit(self, message: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", message, "--allow-empty", "--no-verify")


def copy_repository(folder: Path, **environment: str) -> Repository:
    """Copy what is or will be in Git, also what is not committed yet, into a new repository."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, names.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    repository = Repository(folder, **environment)
    repository.run("git", "init", "-q", "-b", "main")
    repository.commit("copy")
    return repository


def keep_rows(repository: Repository, rows: int) -> None:
    """Cut the Taiwan data to its first rows."""
    source = repository.path("data/source/taiwan_default.csv")
    source.write_text("".join(source.read_text().splitlines(keepends=True)[: rows + 1]))


def set_values(repository: Repository, name: str, **values) -> None:
    """Change top-level values of a YAML file; its comments go."""
    path = repository.path(name)
    content = yaml.safe_load(path.read_text()) | values
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def never_block(repository: Repository) -> None:
    """Let every criterion of the gate give its verdict without stopping a release: few rows miss limits by chance."""
    gate = yaml.safe_load(repository.path("conf/gate/default.yaml").read_text())
    limits = {key: {**value, "blocks": "never"} for key, value in gate.items() if isinstance(value, dict)}
    set_values(repository, "conf/gate/default.yaml", **limits)


def built_once(tmp_path_factory, name: str, build) -> Path:
    """Build a folder once for all of pytest's workers, and return it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / name).exists():
            build(shared / f"{name} in the making" / name)
            (shared / f"{name} in the making" / name).rename(shared / name)
    return shared / name
