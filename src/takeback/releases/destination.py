"""Where the data of a release go: whoever gets the tag should get them too, from the storage of earlier releases."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from takeback.common.errors import UserError
from takeback.common.shown import plain
from takeback.releases.sharing import push_urls, shown
from takeback.repository.dvc import Database
from takeback.repository.objects import Stored, needed_outputs

# A network drive's device names its server, as server:/share, user@server:/share or //server/share; a disk is a path.
NETWORK_DEVICE = re.compile(r"//|\\\\|[^/\\]{2,}:")
ON_THIS_DISK = "file://"


def data_problems(previous: str | None, shared: bool, local_data: bool) -> list[str]:
    """Say what stands against pushing a release's data to the DVC remote as it is set.

    Parameters
    ----------
    previous
        The last release, whose objects should be there.
    shared
        Whether the tag goes to the Git remote.
    local_data
        Whether it is meant that others can't get the data.
    """
    remotes = _remotes(needed_outputs([]).values())
    problems = [*_not_the_storage_of(previous)] if previous else []
    if shared and not local_data:
        problems += _others_see_the_tag_alone(remotes, "--local-data if that is meant")
    return problems


def check_shareable(release: str) -> None:
    """Check that whoever gets a release's tag can get its data.

    Raises
    ------
    UserError
        If they would stay in a folder of this machine.
    """
    remotes = _remotes(needed_outputs([release]).values())
    meant = f"`git checkout {release} && takeback release --local-data` if that is meant"
    for problem in _others_see_the_tag_alone(remotes, meant):
        raise UserError(f"{release} is not at origin yet. {problem}. Nothing has moved.")


def destination(objects: list[Stored]) -> str:
    """Say in a few words where the data of a release are now."""
    places = [_place(remote) + " (a folder of this machine)" * _is_only_here(remote) for remote in _remotes(objects)]
    return f"{len(objects)} objects in {' and '.join(places)}, each hashed there"


def is_local(url: str) -> bool:
    """Say whether a Git URL is a folder on this machine's own disk: Git's own rule, and no network drive."""
    path = url.removeprefix(ON_THIS_DISK)
    if path == url and ":" in url.partition("/")[0] and not Path(url).exists():
        return False
    return not on_network(Path(path))


def on_network(folder: Path) -> bool:
    """Say whether a folder, or where it would be made, lies on a network drive."""
    mounts = {Path(mount.mountpoint): mount.device for mount in psutil.disk_partitions(all=True)}
    place = next((parent for parent in (folder.resolve(), *folder.resolve().parents) if parent in mounts), None)
    return bool(place and NETWORK_DEVICE.match(mounts[place]))


def _others_see_the_tag_alone(remotes: list[Database], meant: str) -> Iterator[str]:
    urls = [url for url in push_urls() if not is_local(url)]
    for remote in filter(_is_only_here, remotes if urls else []):
        yield (
            f"{shown(urls[0])} gets the tag, but the data would stay in {_place(remote)}, which others can't see: "
            "`dvc remote modify storage url URL`, then commit .dvc/config (docs/remotes.md), "
            f"or {meant}"
        )


def _not_the_storage_of(release: str) -> Iterator[str]:
    outputs = [stored for stored in needed_outputs([release]).values() if stored.remote_db]
    if outputs and not any(_is_there(stored) for stored in outputs):
        places = " and ".join(map(_place, _remotes(outputs)))
        yield (
            f"{places} has nothing of {release}: it is empty, not mounted, or another storage. Bring it back; if it "
            "is new, fill it first: `git checkout TAG && dvc pull -r OLD && dvc push` for each release, "
            "from a clone that has them"
        )


def _is_there(stored: Stored) -> bool:
    assert stored.remote_db
    try:
        return bool(stored.remote_db.exists(stored.oid))
    except Exception as error:  # every cloud library has errors of its own
        raise UserError(f"{_place(stored.remote_db)}: not readable ({error}). Is the storage reachable?") from None


def _is_folder(remote: Database) -> bool:
    return bool(remote.fs.protocol == "local")


def _is_only_here(remote: Database) -> bool:
    return _is_folder(remote) and not on_network(Path(remote.path))


def _place(remote: Database) -> str:
    name = remote.path if _is_folder(remote) else remote.fs.unstrip_protocol(remote.path)
    return plain(str(name).removesuffix("/files/md5"))


def _remotes(objects: Iterable[Stored]) -> list[Database]:
    return list({stored.remote_db.path: stored.remote_db for stored in objects if stored.remote_db}.values())
