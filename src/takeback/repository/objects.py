"""Are the stored objects of an output there, and do their bytes hash to their names? Looks only, changes nothing.

DVC trusts what it finds: a write-protected cache file is not hashed again, and a folder whose listing is in the remote
counts as pushed. Its own check deletes what is corrupt.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from takeback.common.errors import UserError
from takeback.repository.dvc import Database, DvcException, is_sound, listed_files, needed_objects
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
    cache_db: Database
    remote_db: Database | None
    uses: list[Use] = field(default_factory=list)
    listings: set[str] = field(default_factory=set)
    cache: State = "not asked"
    remote: State = "not asked"

    @property
    def sound(self) -> bool:
        """Say whether it is whole wherever it should be."""
        return self.cache == "ok" and self.remote in ("ok", "not asked")


def inspect(database: Database, oid: str) -> State:
    """Hash an object's bytes as a stream and compare them with its name."""
    sound = is_sound(database, oid)
    return "missing" if sound is None else "ok" if sound else "corrupt"


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
        return _collect(top, revisions)
    except DvcException as error:
        raise UserError(f"dvc.yaml, dvc.lock: {error}") from None


def send_again(stored: Stored) -> Stored:
    """Put the cache's sound copy of an object in the place of what the remote has; return how it is now."""
    assert stored.remote_db and stored.cache == "ok"
    path = stored.cache_db.oid_to_path(stored.oid)
    # Not verified by DVC, which would delete what is there first: there shall be no moment without an object.
    stored.remote_db.add(path, stored.cache_db.fs, stored.oid, check_exists=False, verify=False)
    return inspected(stored)


def _collect(top: Path, revisions: list[str]) -> dict[str, Stored]:
    found: dict[str, Stored] = {}
    for needed in needed_objects(top, revisions):
        stored = found.setdefault(needed.oid, Stored(needed.oid, needed.cache, needed.remote))
        stored.uses.extend(needed.uses)
    return found


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
    yield from listed_files(database, listing.oid)
