"""What `takeback check` says about unsound objects: where, what, and the commands that mend it."""

import os
import shlex

from dvc_data.hashfile.db import HashFileDB

from takeback.upkeep.objects import Stored
from takeback.upkeep.tables import table

NOTE = "(The listing of a folder goes too: DVC takes everything that it names for pushed.)"


def check_text(objects: list[Stored], revisions: list[str]) -> str:
    """Return what was found: a table of what is missing or corrupt, and the commands that repair it."""
    wrong = [stored for stored in objects if not stored.sound]
    if not wrong:
        return f"{len(objects)} objects: {_places(objects)} sound."
    lines = [(use, stored.cache, stored.remote) for stored in wrong for use in stored.uses]
    return "\n".join(
        [
            *table([("output", "cache", "remote"), *lines]),
            f"{len(wrong)} of {len(objects)} objects are missing or corrupt.",
            *repairs(wrong, revisions),
        ]
    )


def repairs(wrong: list[Stored], revisions: list[str]) -> list[str]:
    """Return the commands that repair objects, by where a sound copy is."""
    every = " --all-tags" if revisions else ""
    in_remote = [stored for stored in wrong if stored.remote == "ok"]
    in_cache = [stored for stored in wrong if stored.cache == "ok"]
    nowhere = [stored for stored in wrong if stored not in in_remote and stored not in in_cache]
    lines = []
    if in_remote:
        lines += ["The remote has a sound copy:", *_remove_cached(in_remote), f"  dvc fetch{every}"]
    if in_cache:
        note = f" {NOTE}" if any(stored.listings for stored in in_cache) else ""
        lines += [f"The cache has a sound copy:{note}", *_remove_remote(in_cache), f"  dvc push{every}"]
    if nowhere:
        removals = [*_remove_cached(nowhere), *_remove_remote(nowhere)]
        lines += ["No sound copy here. Somebody else's clone may have one: `dvc push` there.", *removals]
        lines += _rebuilding(revisions)
    return lines


def _rebuilding(revisions: list[str]) -> list[str]:
    if not revisions:
        return ["  dvc repro", "  dvc push"]
    first = f"`takeback verify {' '.join(revisions)}` shows whether Git alone rebuilds it. If so:"
    return [first, *(f"  git checkout {shlex.quote(name)} && dvc repro && dvc push" for name in revisions)]


def _remove_cached(objects: list[Stored]) -> list[str]:
    return [_removal(stored.cache_db, stored.oid) for stored in objects if stored.cache == "corrupt"]


def _remove_remote(objects: list[Stored]) -> list[str]:
    lines = []
    for stored in objects:
        gone = [stored.oid] * (stored.remote == "corrupt") + sorted(stored.listings)
        lines += [_removal(stored.remote_db, oid) for oid in gone if stored.remote_db and stored.remote != "ok"]
    return list(dict.fromkeys(lines))


def _removal(database: HashFileDB, oid: str) -> str:
    path = database.oid_to_path(oid)
    if database.fs.protocol == "local":
        return f"  rm -f {shlex.quote(os.path.relpath(path))}"
    return f"  (with your storage's own tool) delete {database.fs.unstrip_protocol(path)}"


def _places(objects: list[Stored]) -> str:
    if any(stored.remote == "ok" for stored in objects):
        return "cache and remote are"
    return "no remote is set (`dvc remote add -d NAME URL`); the cache is"
