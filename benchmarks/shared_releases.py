"""What must hold of the releases of a bank at every moment: whoever sees a tag can have all that belongs to it."""

import json
from pathlib import Path

import yaml
from tests.bank import ORIGIN, STORAGE
from tests.clones import Repository


def incomplete_releases(bank: Repository) -> list[str]:
    """Return what could be mistaken for a release: a tag whose objects the remote does not have."""
    problems = []
    for folder in (bank.folder, bank.folder.parent / ORIGIN):
        for tag in bank.run("git", "-C", str(folder), "tag", "--list", "v*").split():
            problems += _lacking(bank, tag, folder)
        moves = bank.run("git", "-C", str(folder), "tag", "--list", "credit#*").split()
        for move in moves:
            at = bank.run("git", "-C", str(folder), "tag", "--points-at", f"{move}^{{commit}}", "--list", "v*")
            problems += [] if at.strip() else [f"{move} is at no release"]
    return problems


def _lacking(bank: Repository, tag: str, folder: Path) -> list[str]:
    def git(*command: str) -> str:
        return bank.run("git", "-C", str(folder), *command)

    lock, in_git = git("show", f"{tag}:dvc.lock"), git("ls-tree", "-r", "--name-only", "-z", tag).split("\0")
    outs = [out for stage in yaml.safe_load(lock)["stages"].values() for out in stage.get("outs", [])]
    stored = [out["md5"] for out in outs if not any(f"{name}/".startswith(f"{out['path']}/") for name in in_git)]
    return [f"{tag} lacks {oid}" for oid in _with_contents(bank, stored) if not _stored(bank, oid).exists()]


def _with_contents(bank: Repository, oids: list[str]) -> list[str]:
    """Return objects, and after each folder's list what it holds."""
    found = []
    for oid in oids:
        found.append(oid)
        if oid.endswith(".dir") and _stored(bank, oid).exists():
            found += [entry["md5"] for entry in json.loads(_stored(bank, oid).read_text())]
    return found


def _stored(bank: Repository, oid: str) -> Path:
    return bank.folder.parent / STORAGE / "files" / "md5" / oid[:2] / oid[2:]


def tag_is_shared(bank: Repository, tag: str, commit: str) -> list[str]:
    """Check that a tag stands at a commit, here and at the shared repository."""
    theirs = bank.run("git", "ls-remote", "origin", f"refs/tags/{tag}^{{}}").split()
    expected = bank.run("git", "rev-parse", f"{commit}^{{commit}}").strip()
    here = bank.run("git", "tag", "--points-at", expected, "--list", tag).strip()
    return [] if theirs[:1] == [expected] and here == tag else [f"{tag} is not at {commit} here and at origin"]
