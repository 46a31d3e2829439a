"""Are the objects of a revision in DVC's cache or remote? DVC's own index of outputs answers, object by object.

`dvc push` and `dvc status --cloud` are not enough: once they have seen a folder's list in the remote they take all of
its files for granted, so a file that was deleted there is neither noticed nor sent again (DVC 3.67).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path

from dvc.config import Config
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.transfer import transfer
from dvc_data.hashfile.tree import Tree
from dvc_data.index import DataIndex, DataIndexEntry

from takeback.common.errors import UserError
from takeback.repository.git import HERE
from takeback.repository.lock_file import refuse_unquoted_hashes
from takeback.repository.locks import clear_broken_locks

Entries = dict[str, DataIndexEntry]


@contextmanager
def dvc_repository(revision: str | None = None, folder: Path = HERE) -> Iterator[Repo]:
    """Open the workspace or a revision with DVC; its failure, or that of the storage behind it, is one message."""
    clear_broken_locks(folder)
    refuse_unquoted_hashes(folder)
    try:
        # A revision's own settings name an older remote, and DVC takes ../storage in them from the root of the disk.
        config = Config(str(folder / ".dvc")) if revision else {}
        settings = {key: config[key] for key in ("core", "remote", "cache") if key in config}
        with Repo(str(folder), rev=revision, config=settings) as repo:
            yield repo
    except (DvcException, OSError) as error:
        raise UserError(f"dvc: {error}. `dvc remote list` shows where the remote is.") from None


def entries_of(index: DataIndex) -> Entries:
    """Return every object by its path: files, and the lists of folders. An unreadable list stands for its files."""
    index.onerror = lambda entry, error: None
    return {"/".join(key): entry for key, entry in index.iteritems() if entry.hash_info}


def unavailable(index: DataIndex) -> list[str]:
    """Return the paths whose objects neither the cache nor the remote has. The remote is asked only if it must be."""
    entries = entries_of(index)
    cached = index.storage_map.bulk_cache_exists(list(entries.values()))
    missing = {path: entry for path, entry in entries.items() if not cached[entry]}
    return _not_in_remote(index, missing) if missing else []


def push_objects(repo: Repo) -> list[str]:
    """Push the workspace's outputs as `dvc push` does and check each object; return the paths that stay missing."""
    repo.push()
    index = repo.index.data["repo"]
    entries = entries_of(index)
    missing = _not_in_remote(index, entries)
    if missing:
        odb = repo.cloud.get_remote_odb()
        objects = [info for path in missing if (info := entries[path].hash_info)]
        transfer(repo.cache.local, odb, objects, cache_odb=repo.cache.local, shallow=True)
        missing = _not_in_remote(index, entries)
    return missing


def copy_out(index: DataIndex, folder: Path, target: Path) -> None:
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


def tree_hash(folder: Path) -> str:
    """Return DVC's hash of a folder, from its bytes; `dvc status` trusts a file's time and size."""
    tree = Tree()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        tree.add(path.relative_to(folder).parts, None, HashInfo("md5", _md5(path.read_bytes())))
    tree.digest()
    return str(tree.hash_info.value)


def _read(index: DataIndex, entry: DataIndexEntry, path: str) -> bytes:
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


def _hash(entry: DataIndexEntry) -> str:
    return str(entry.hash_info and entry.hash_info.value)


def _not_in_remote(index: DataIndex, entries: Entries) -> list[str]:
    if not entries:
        return []
    found = index.storage_map.bulk_remote_exists(list(entries.values()), refresh=True)
    return [path for path, entry in sorted(entries.items()) if not found[entry]]


def _md5(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
