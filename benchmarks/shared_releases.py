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
        stages = bank.run("git", "-C", str(folder), "tag", "--list", "credit#*").split()
        for stage in stages:
            at = bank.run("git", "-C", str(folder), "tag", "--points-at", f"{stage}^{{commit}}", "--list", "v*")
            problems += [] if at.strip() else [f"{stage} is at no release"]
    return problems


def _lacking(bank: Repository, tag: str, folder: Path) -> list[str]:
    lock = bank.run("git", "-C", str(folder), "show", f"{tag}:dvc.lock")
    return [f"{tag} lacks {oid}" for oid in _objects(bank, lock) if not _stored(bank, oid).exists()]


def _objects(bank: Repository, lock: str) -> list[str]:
    """Return the names of all objects of a lock: what the stages put into the cache, and what their folders hold."""
    found = []
    pipeline = yaml.safe_load(lock)["stages"]
    for out in (out for stage in pipeline.values() for out in stage.get("outs", [])):
        if out["path"].startswith("metrics/") and not out["path"].endswith(".html"):
            continue  # these lie in Git
        found.append(out["md5"])
        if out["md5"].endswith(".dir") and _stored(bank, out["md5"]).exists():
            found += [entry["md5"] for entry in json.loads(_stored(bank, out["md5"]).read_text())]
    return found


def _stored(bank: Repository, oid: str) -> Path:
    return bank.folder.parent / STORAGE / "files" / "md5" / oid[:2] / oid[2:]


def tag_is_shared(bank: Repository, tag: str, commit: str) -> list[str]:
    """Check that a tag stands at a commit, here and at the shared repository."""
    theirs = bank.run("git", "ls-remote", "origin", f"refs/tags/{tag}^{{}}").split()
    expected = bank.run("git", "rev-parse", f"{commit}^{{commit}}").strip()
    here = bank.run("git", "tag", "--points-at", expected, "--list", tag).strip()
    return [] if theirs[:1] == [expected] and here == tag else [f"{tag} is not at {commit} here and at origin"]
