"""Are the objects of a revision in DVC's cache or remote? Asked object by object, and by its bytes before a release.

`dvc push` and `dvc status --cloud` are not enough: once they have seen a folder's list in the remote they take all of
its files for granted, so a file that was deleted there is neither noticed nor sent again (DVC 3.67).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path

from takeback.common.errors import UserError
from takeback.repository.dvc import DvcException, Entry, Index, Repo, repository, shared_settings
from takeback.repository.dvc_files import refuse_bad_yaml
from takeback.repository.dvc_locks import clear_broken_locks
from takeback.repository.git import HERE
from takeback.repository.lock_file import refuse_unquoted_hashes
from takeback.repository.objects import Stored, check_objects, inspected, send_again
from takeback.repository.results import tree_hash

Entries = dict[str, Entry]


@contextmanager
def dvc_repository(revision: str | None = None, folder: Path = HERE) -> Iterator[Repo]:
    """Open the workspace or a revision with DVC; its failure, or that of the storage behind it, is one message."""
    clear_broken_locks(folder)
    refuse_bad_yaml(revision, folder)
    refuse_unquoted_hashes(folder)
    try:
        # A revision's own settings name an older remote, and DVC takes ../storage in them from the root of the disk.
        settings = shared_settings(folder) if revision else {}
        with repository(folder, revision, settings) as repo:
            yield repo
    except (DvcException, OSError) as error:
        raise UserError(f"dvc: {error}. `dvc remote list` shows where the remote is.") from None


def entries_of(index: Index) -> Entries:
    """Return every object by its path: files, and the lists of folders. An unreadable list stands for its files."""
    index.onerror = lambda entry, error: None
    return {"/".join(key): entry for key, entry in index.iteritems() if entry.hash_info}


def unavailable(index: Index) -> list[str]:
    """Return the paths whose objects neither the cache nor the remote has. The remote is asked only if it must be."""
    entries = entries_of(index)
    cached = index.storage_map.bulk_cache_exists(list(entries.values()))
    missing = {path: entry for path, entry in entries.items() if not cached[entry]}
    return _not_in_remote(index, missing) if missing else []


def push_objects(tell: Callable[[str], object]) -> list[Stored]:
    """Push the workspace's outputs, and hash each object where it arrived; return how each was found in the end.

    What the remote has corrupt is mended first, if the cache has it sound: `dvc push` takes it for pushed, or ends with
    a traceback if it is the list of a folder. Nothing is pushed beside what can't be mended.

    Raises
    ------
    UserError
        If the remote can't be written or read.
    """
    with dvc_repository() as repo:
        tell("Hashing what the DVC remote has")
        objects = [_mended(stored, tell) for stored in check_objects([])]
        if any(stored.remote == "corrupt" for stored in objects):
            return objects
        tell("Pushing the outputs to the DVC remote")
        repo.push()
        return [_arrived(stored) for stored in objects]


def _mended(stored: Stored, tell: Callable[[str], object]) -> Stored:
    if stored.remote != "corrupt" or stored.cache != "ok":
        return stored
    tell(f"{stored.uses[0][0]}: corrupt in the remote, sent again")
    return send_again(stored)


def _arrived(stored: Stored) -> Stored:
    if stored.remote != "missing":
        return stored
    now = inspected(stored)
    return send_again(now) if now.remote == "missing" and now.cache == "ok" else now


def copy_out(index: Index, folder: Path, target: Path) -> None:
    """Copy a folder of a revision from the cache, or else the remote, and check it against DVC's lock.

    Raises
    ------
    UserError
        If an object is missing or its bytes are not what dvc.lock says.
    """
    entries = {path: entry for path, entry in entries_of(index).items() if Path(path).is_relative_to(folder)}
    hashes = {path: _hash(entry) for path, entry in entries.items()}
    for path in (path for path in entries if not hashes[path].endswith(".dir")):
        copy = target / Path(path).relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(_read(index, entries[path], path))
    if tree_hash(target) != hashes.get(folder.as_posix()):
        raise UserError(f"{folder}: its files are not what dvc.lock says.")


def _read(index: Index, entry: Entry, path: str) -> bytes:
    corrupt = []
    for place in (index.storage_map.get_cache, index.storage_map.get_remote):
        fs, stored = place(entry)
        if fs.exists(stored):
            content = bytes(fs.cat_file(stored))
            if _md5(content) == _hash(entry):
                return content
            corrupt.append(stored)
    if corrupt:
        raise UserError(f"{path}: the object {' and '.join(corrupt)} is corrupt. Remove it, then `dvc fetch`.")
    raise UserError(f"{path}: neither the cache nor the remote has it.")


def _hash(entry: Entry) -> str:
    return str(entry.hash_info and entry.hash_info.value)


def _not_in_remote(index: Index, entries: Entries) -> list[str]:
    if not entries:
        return []
    found = index.storage_map.bulk_remote_exists(list(entries.values()), refresh=True)
    return [path for path, entry in sorted(entries.items()) if not found[entry]]


def _md5(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
