"""The same bytes on other Python versions, each with an environment of its own from the lock file."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clones import keep_rows

from benchmarks.clones import HOUR, clone, forget, reproduce
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say
from benchmarks.threads import LOCK, difference, lock

VERSIONS = ("3.11", "3.12", "3.13")
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def prove(rows: int | None = None, versions: tuple[str, ...] = VERSIONS) -> list[Proof]:
    """Run the pipeline on every other Python version that is here; see `benchmarks.threads.prove` for ``rows``."""
    own = "{}.{}".format(*sys.version_info[:2])
    return [_one(version, own, rows) for version in versions if version != own]


def interpreter(version: str) -> str | None:
    """Find an interpreter on the path or in pyenv; a shim that pyenv has not activated does not count."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(name), *map(str, sorted(pyenv.glob(f"{version}.*/bin/{name}")))]
    return next((path for path in found if path and _is(path, version)), None)


def _is(path: str, version: str) -> bool:
    done = subprocess.run([path, "-c", VERSION], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


def _one(version: str, own: str, rows: int | None) -> Proof:
    name, claim = f"Python {version}", f"with requirements.lock on Python {version}, dvc.lock is that of {own}"
    python = interpreter(version)
    if python is None:
        how = f"`pyenv install {version}` or the system's package brings it"
        return Proof(name, claim, f"no python{version} on the path or in pyenv; {how}", None)
    with tempfile.TemporaryDirectory(prefix="takeback-") as folder:
        programs = _environment(python, version, Path(folder))
        found, expected = _lock_of(programs, version, rows), lock(1, rows)
    return Proof(name, claim, difference(expected, found), expected == found)


def _environment(python: str, version: str, folder: Path) -> Path:
    say(f"pythons: installs requirements.lock for {version}")
    programs = folder / "environment" / "bin"
    subprocess.run([python, "-m", "venv", str(programs.parent)], check=True)
    install = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for what in (
        ["--require-hashes", "-r", ROOT / "requirements.lock"],
        ["--no-deps", "--no-build-isolation", "-e", ROOT],
    ):
        done = subprocess.run(
            [programs / "python", *install, *what], capture_output=True, text=True, check=False, timeout=HOUR
        )
        assert done.returncode == 0, f"requirements.lock on Python {version}: {done.stderr.strip()}"
    return programs


def _lock_of(programs: Path, version: str, rows: int | None) -> bytes:
    say(f"pythons: a whole run on {version}")
    # This environment's programs come first on a clone's path, unless the path is given.
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with clone(PATH=path, OMP_NUM_THREADS="1") as repository:
        forget(repository)
        if rows:
            keep_rows(repository, rows)
        reproduce(repository, "--no-run-cache")
        return repository.path(LOCK).read_bytes()
