"""A full disk and a read-only one: one message, nothing lost, and the same command completes when there is room."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bank import BANK, STORAGE, Bank

from benchmarks.faults import new_policy, two_releases
from benchmarks.proof import Proof
from benchmarks.record import say

ROOM = "2g"
CLAIM = "`{}` fails with a message, nothing is lost, and with room it completes"
RELEASE = ("takeback", "release", "v1.2.0")
REPRO = ("dvc", "repro")


def prove() -> list[Proof]:
    """Put the bank's storage, or all of it, on a disk of its own; that needs the right to mount one."""
    with tempfile.TemporaryDirectory(prefix="takeback-") as place:
        try:
            with disk(Path(place) / "try"):
                pass
        except subprocess.CalledProcessError as error:
            return [Proof("disks", CLAIM.format("release"), f"not run, no right to mount: {error.stderr}", None)]
        base = Path(place) / BANK
        two_releases(base)
        return [
            _proof("full remote", base, STORAGE, "size=1k", RELEASE, _no_tag),
            _proof("read-only remote", base, STORAGE, "ro", RELEASE, _no_tag),
            # DVC writes its lock and its run-cache in place; the README says what then.
            _proof(
                "full disk, then `git checkout dvc.lock && dvc repro --no-run-cache`",
                base,
                ".",
                "size=1k",
                REPRO,
                _lock_is_back,
            ),
        ]


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Mount a disk in memory."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _proof(
    name: str, base: Path, place: str, limit: str, command: tuple[str, ...], problems: Callable[[Bank], list[str]]
) -> Proof:
    say(f"disks: {name}")
    target = base.parent / "one" / BANK
    (target / place).mkdir(parents=True, exist_ok=True)
    with disk(target / place):
        shutil.copytree(base, target, symlinks=True, dirs_exist_ok=True)
        bank = Bank(target / "Ada")
        if command == REPRO:
            new_policy(bank, 0.1)
        # tmpfs gives what is written already, and no more.
        _mount("-o", f"remount,{limit if limit == 'ro' else _used(target / place)}", str(target / place))
        said = bank.run(*command, fails=True)
        _mount("-o", f"remount,rw,size={ROOM}", str(target / place))
        found = problems(bank)
        bank.run(*command, *(["--no-run-cache"] if command == REPRO else []))
    shutil.rmtree(base.parent / "one")
    last = next(line for line in reversed(said.splitlines()) if line.strip())
    return Proof(name, CLAIM.format(" ".join(command)), "; ".join(found) or f"it said: {last[:160]}", not found)


def _used(folder: Path) -> str:
    return f"size={shutil.disk_usage(folder).used + 4096}"


def _no_tag(bank: Bank) -> list[str]:
    here, theirs = bank.tags()
    return ["there is a tag"] if "v1.2.0" in [*here, *theirs] else []


def _lock_is_back(bank: Bank) -> list[str]:
    bank.git("checkout -q dvc.lock")
    bank.takeback("check v1.0.0 v1.1.0")  # every object hashed; anything wrong ends it
    return []


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True, text=True)
