"""What `takeback check` says about unsound objects: where, what, and the commands that mend it."""

import os
import shlex
from pathlib import Path

from takeback.common.text_tables import text_table
from takeback.repository.dvc import Database
from takeback.repository.objects import Stored

NOTE = "(The listing of a folder goes too: DVC takes everything that it names for pushed.)"


def check_text(objects: list[Stored]) -> str:
    """Return what was found: a table of what is missing or corrupt, and the commands that repair it."""
    wrong = [stored for stored in objects if not stored.sound]
    if not wrong:
        return f"{len(objects)} objects: {_places(objects)} sound."
    lines = [
        (f"{path} ({revision})" if revision else path, stored.cache, stored.remote)
        for stored in wrong
        for path, revision in stored.uses
    ]
    count = f"{len(wrong)} of {len(objects)} objects are missing or corrupt."
    return "\n".join([text_table(("output", "cache", "remote"), lines), count, *repairs(wrong)])


def repairs(wrong: list[Stored]) -> list[str]:
    """Return the commands that repair objects, by where a sound copy is."""
    in_remote = [stored for stored in wrong if stored.remote == "ok"]
    in_cache = [stored for stored in wrong if stored.cache == "ok"]
    nowhere = [stored for stored in wrong if stored not in in_remote and stored not in in_cache]
    lines = []
    if in_remote:
        lines += ["The remote has a sound copy:", *_remove_cached(in_remote), *_at(in_remote, "dvc fetch")]
    lines += [
        f"{place} is empty or not there. If it is a share, mount it and run this again; only if it is new:"
        for place in _bare(wrong)
    ]
    if in_cache:
        note = f" {NOTE}" if any(stored.listings for stored in in_cache) else ""
        lines += [f"The cache has a sound copy:{note}", *_remove_remote(in_cache), *_at(in_cache, "dvc push")]
    if nowhere:
        removals = [*_remove_cached(nowhere), *_remove_remote(nowhere)]
        push = " && dvc push" if any(stored.remote_db for stored in nowhere) else ""
        lines += [f"No sound copy here.{_first(nowhere)}", *removals, *_at(nowhere, f"dvc repro{push}")]
    return lines + ["Then `git checkout` where you were, and `dvc checkout`."] * bool(_revisions(wrong))


def _bare(objects: list[Stored]) -> list[str]:
    """Return the folders of remotes that are bare: `dvc push` would fill the place of a share that is not mounted."""
    remotes = [stored.remote_db for stored in objects if stored.remote_db]
    folders = {remote.path for remote in remotes if remote.fs.protocol == "local" and not Path(remote.path).is_dir()}
    return sorted(folder.removesuffix("/files/md5") for folder in folders)


def _first(objects: list[Stored]) -> str:
    names = " ".join(_revisions(objects)) or "HEAD"
    return (
        f" If no other clone can `dvc push` it: `takeback verify {names}` shows whether Git alone rebuilds it. If so:"
    )


def _at(objects: list[Stored], command: str) -> list[str]:
    # Not `dvc fetch --all-tags`: at another revision DVC takes a remote's ../path for one below the root of the disk.
    revisions = _revisions(objects)
    return [f"  git checkout --quiet {shlex.quote(name)} && {command}" for name in revisions] or [f"  {command}"]


def _revisions(objects: list[Stored]) -> list[str]:
    return sorted({revision for stored in objects for _, revision in stored.uses if revision})


def _remove_cached(objects: list[Stored]) -> list[str]:
    return [_removal(stored.cache_db, stored.oid) for stored in objects if stored.cache == "corrupt"]


def _remove_remote(objects: list[Stored]) -> list[str]:
    lines = []
    for stored in objects:
        gone = [stored.oid] * (stored.remote == "corrupt") + sorted(stored.listings)
        lines += [_removal(stored.remote_db, oid) for oid in gone if stored.remote_db and stored.remote != "ok"]
    return list(dict.fromkeys(lines))


def _removal(database: Database, oid: str) -> str:
    path = database.oid_to_path(oid)
    if database.fs.protocol == "local":
        return f"  rm -f {shlex.quote(os.path.relpath(path))}"
    return f"  (with your storage's own tool) delete {database.fs.unstrip_protocol(path)}"


def _places(objects: list[Stored]) -> str:
    if any(stored.remote == "ok" for stored in objects):
        return "cache and remote are"
    return "no remote is set (`dvc remote add -d NAME URL`); the cache is"
