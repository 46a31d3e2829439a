"""Are the stored objects of an output there, and do their bytes hash to their names? Looks only, changes nothing.

DVC trusts what it finds: a write-protected cache file is not hashed again, and a folder whose listing is in the remote
counts as pushed. Its own check deletes what is corrupt.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dvc.cachemgr import LEGACY_HASH_NAMES
from dvc.config import NoRemoteError
from dvc.exceptions import DvcException
from dvc.output import Output
from dvc.repo import Repo
from dvc.repo.brancher import switch
from dvc_data.hashfile.db import HashFileDB
from dvc_data.hashfile.hash import fobj_md5
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.tree import Tree

from takeback.common.errors import UserError
from takeback.repository.dvc_files import refuse_bad_yaml
from takeback.repository.git import HERE, root
from takeback.repository.lock_file import refuse_unquoted_hashes

State = Literal["ok", "missing", "corrupt", "not asked"]
Use = tuple[str, str]  # an output's path and the revision that needs it, "" for the workspace
JOBS = 8  # a cloud answers slowly but to many at once


@dataclass(frozen=True)
class Stored:
    """One object, whose it is and how it was found."""

    oid: str
    cache_db: HashFileDB
    remote_db: HashFileDB | None
    uses: list[Use] = field(default_factory=list)
    listings: set[str] = field(default_factory=set)
    cache: State = "not asked"
    remote: State = "not asked"

    @property
    def sound(self) -> bool:
        """Say whether it is whole wherever it should be."""
        return self.cache == "ok" and self.remote in ("ok", "not asked")


def inspect(database: HashFileDB, oid: str) -> State:
    """Hash an object's bytes as a stream and compare them with its name."""
    try:
        with database.fs.open(database.oid_to_path(oid), "rb") as file:
            digest = fobj_md5(file, name=database.hash_name)
    except FileNotFoundError:
        return "missing"
    except Exception as error:  # every cloud library has errors of its own
        raise UserError(f"{database.oid_to_path(oid)}: not readable ({error}). Is the storage reachable?") from None
    return "ok" if digest == oid.removesuffix(".dir") else "corrupt"


def check_objects(
    revisions: list[str], folder: Path = HERE, on_object: Callable[[int, int], Any] = max
) -> list[Stored]:
    """Inspect every object that revisions need, in the cache and in the remote.

    Parameters
    ----------
    revisions
        Tags, branches or commits; the workspace if empty.
    folder
        The repository.
    on_object
        Called after each object with the number of finished and of all objects.

    Returns
    -------
    list of Stored
        Each object once. Where no remote is set its state there is "not asked".
    """
    outputs = {oid: inspected(stored) for oid, stored in needed_outputs(revisions, folder).items()}
    files = _listed_files(outputs)
    checked = [stored for oid, stored in outputs.items() if oid not in files]
    with ThreadPoolExecutor(JOBS) as pool:
        for stored in pool.map(inspected, files.values()):
            checked.append(stored)
            on_object(len(checked), len(outputs.keys() | files.keys()))
    return sorted(checked, key=lambda stored: stored.uses)


def needed_outputs(revisions: list[str], folder: Path = HERE) -> dict[str, Stored]:
    """Return the objects of the outputs that revisions need, by name; not those that the list of a folder names."""
    top = root(folder)
    for revision in revisions or [""]:
        refuse_bad_yaml(revision or None, top)
    refuse_unquoted_hashes(top)
    try:
        with Repo(str(top)) as repo:
            return _collect(repo, revisions)
    except DvcException as error:
        raise UserError(f"dvc.yaml, dvc.lock: {error}") from None


def send_again(stored: Stored) -> Stored:
    """Put the cache's sound copy of an object in the place of what the remote has; return how it is now."""
    assert stored.remote_db and stored.cache == "ok"
    path = stored.cache_db.oid_to_path(stored.oid)
    # Not verified by DVC, which would delete what is there first: there shall be no moment without an object.
    stored.remote_db.add(path, stored.cache_db.fs, stored.oid, check_exists=False, verify=False)
    return inspected(stored)


def _collect(repo: Repo, revisions: list[str]) -> dict[str, Stored]:
    needed: dict[tuple[str, str, str | None, bool], list[Use]] = {}
    for revision in revisions or [""]:
        with switch(repo, revision or "workspace"):
            for out in repo.index.outs:
                if out.use_cache:
                    key = _oid(out), out.hash_name, out.remote, out.can_push
                    needed.setdefault(key, []).append((out.def_path, revision))
    # Only now: while the repository shows a revision, a remote's relative path would be resolved inside Git.
    found: dict[str, Stored] = {}
    for (oid, hash_name, remote, pushed), uses in needed.items():
        cache = repo.cache.legacy if hash_name in LEGACY_HASH_NAMES else repo.cache.local
        stored = Stored(oid, cache, _remote(repo, remote, hash_name) if pushed else None)
        found.setdefault(oid, stored).uses.extend(uses)
    return found


def _oid(out: Output) -> str:
    if not out.hash_info.value:
        raise UserError(f"{out.def_path}: dvc.lock does not have it. `dvc repro` makes it.")
    return str(out.hash_info.value)


def _remote(repo: Repo, name: str | None, hash_name: str) -> HashFileDB | None:
    try:
        return repo.cloud.get_remote_odb(name, "check", hash_name=hash_name)
    except NoRemoteError:
        return None


def inspected(stored: Stored) -> Stored:
    """Return an object with what is found now in the cache and in the remote."""
    remote = inspect(stored.remote_db, stored.oid) if stored.remote_db else "not asked"
    return replace(stored, cache=inspect(stored.cache_db, stored.oid), remote=remote)


def _listed_files(outputs: dict[str, Stored]) -> dict[str, Stored]:
    """Return the objects that sound listings of folders name; each knows the listings it is in."""
    found: dict[str, Stored] = {}
    for listing in outputs.values():
        for path, oid in _entries(listing):
            stored = found.setdefault(oid, Stored(oid, listing.cache_db, listing.remote_db))
            stored.listings.add(listing.oid)
            stored.uses.extend((f"{folder}/{path}", revision) for folder, revision in listing.uses)
    return found


def _entries(listing: Stored) -> Iterator[tuple[str, str]]:
    database = listing.cache_db if listing.cache == "ok" else listing.remote_db if listing.remote == "ok" else None
    if database is None or not listing.oid.endswith(".dir"):
        return
    for key, _, digest in Tree.load(database, HashInfo(database.hash_name, listing.oid)):
        yield "/".join(key), str(digest.value)
