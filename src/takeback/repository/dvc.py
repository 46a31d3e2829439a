"""DVC beyond its commands: the one module that imports it.

DVC documents `dvc.api` and its commands. What is not to be had from them is asked of its insides, here, in words of our
own, so that a new DVC is looked at in one place. `pyproject.toml` caps the version; `tests/repository/test_dvc.py`
holds each function against what the commands say. DVC takes half a second to be imported: a command that may do
without it imports this module where it needs it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os.path import relpath
from pathlib import Path
from typing import Any, NamedTuple

from dvc.api import DVCFileSystem
from dvc.cachemgr import LEGACY_HASH_NAMES
from dvc.config import Config, NoRemoteError
from dvc.dependency import ParamsDependency
from dvc.exceptions import DvcException
from dvc.lock import LockError
from dvc.output import Output
from dvc.repo import Repo
from dvc.repo.brancher import switch
from dvc.repo.experiments.exceptions import AmbiguousExpRefInfo
from dvc.repo.experiments.utils import resolve_name
from dvc.stage import PipelineStage
from dvc.utils.diff import diff
from dvc.utils.serialize import YAMLError, dump_yaml, parse_yaml
from dvc_data.hashfile.db import HashFileDB as Database
from dvc_data.hashfile.hash import fobj_md5
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.tree import Tree
from dvc_data.index import DataIndex as Index
from dvc_data.index import DataIndexDirError
from dvc_data.index import DataIndexEntry as Entry

from takeback.common.errors import UserError

__all__ = [
    "DVCFileSystem",
    "DataIndexDirError",
    "Database",
    "DvcException",
    "Entry",
    "Index",
    "LockError",
    "Repo",
    "YAMLError",
]
UNREADABLE = (DataIndexDirError, DvcException, OSError)  # the first: the list of a folder's files is nowhere
LISTING = ".dir"


# What dvc.yaml, *.dvc and dvc.lock declare.


class DeclaredFile(NamedTuple):
    """A dependency or an output: its path as the stage names it, and what hashes it now; None if it is not there."""

    path: str
    hashed: Callable[[], dict[str, Any] | None]


class DeclaredStage(NamedTuple):
    """A stage of dvc.yaml, with its files and, by file, the parameters that it reads."""

    name: str
    cmd: Any
    deps: list[DeclaredFile]
    outs: list[DeclaredFile]
    params: list[tuple[str, dict[str, Any]]]


class CachedOutput(NamedTuple):
    """An output that lies in DVC's cache: who makes it, and what is recorded of it."""

    made_by: str
    recorded: dict[str, Any]


@contextmanager
def repository(folder: Path, revision: str | None = None, settings: dict[str, Any] | None = None) -> Iterator[Repo]:
    """Open the workspace or a revision."""
    with Repo(str(folder), rev=revision, config=settings or {}) as repo:
        yield repo


def declared_stages(repo: Repo) -> list[DeclaredStage]:
    """Return the stages of dvc.yaml."""
    return [_declared(stage) for stage in repo.index.stages if isinstance(stage, PipelineStage)]


def cached_outputs(repo: Repo) -> dict[str, CachedOutput]:
    """Return the outputs in DVC's cache, those of `*.dvc` files too, by path from the top."""
    outs = [out for out in repo.index.outs if out.use_cache]
    return {_from_top(repo, out): CachedOutput(_made_by(out), _recorded(out)) for out in outs}


def tracked_sources(folder: Path) -> list[str]:
    """Return what `*.dvc` files name, by path from the top, sorted."""
    with Repo(str(folder)) as repo:
        outs = [out for out in repo.index.outs if not isinstance(out.stage, PipelineStage)]
        return sorted(_from_top(repo, out) for out in outs)


def _declared(stage: PipelineStage) -> DeclaredStage:
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    files = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    deps = [DeclaredFile(dep.def_path, _hashes(dep)) for dep in files]
    outs = [DeclaredFile(out.def_path, _hashes(out)) for out in stage.outs]
    return DeclaredStage(stage.name, stage.cmd, deps, outs, [(dep.def_path, dep.read_params()) for dep in params])


def _hashes(item: Output) -> Callable[[], dict[str, Any] | None]:
    def hashed() -> dict[str, Any] | None:
        if not item.exists:
            return None
        meta, digest = item._get_hash_meta()  # get_meta() and get_hash() would read every file twice
        return {**meta.to_dict(), "md5": digest.value}

    return hashed


def _from_top(repo: Repo, out: Output) -> str:
    """Return an output's path from the top: a `*.dvc` file names what lies beside it."""
    return Path(relpath(out.fs_path, repo.root_dir)).as_posix()


def _made_by(out: Output) -> str:
    return str(out.stage.name if isinstance(out.stage, PipelineStage) else Path(out.stage.path).name)


def _recorded(out: Output) -> dict[str, Any]:
    return {**out.meta.to_dict(), "md5": out.hash_info.value}


# Objects: what is stored under its hash.


class Needed(NamedTuple):
    """The object of an output that revisions need, and the outputs that it is, each with its revision."""

    oid: str
    cache: Database
    remote: Database | None
    uses: list[tuple[str, str]]


def needed_objects(folder: Path, revisions: list[str]) -> list[Needed]:
    """Return the objects of the outputs that revisions, or else the workspace, need; not what lists of folders name."""
    needed: dict[tuple[str, str, str | None, bool], list[tuple[str, str]]] = {}
    with Repo(str(folder)) as repo:
        for revision in revisions or [""]:
            with switch(repo, revision or "workspace"):
                for out in repo.index.outs:
                    if out.use_cache:
                        key = _oid(repo, out), out.hash_name, out.remote, out.can_push
                        needed.setdefault(key, []).append((_from_top(repo, out), revision))
        # Only now: while the repository shows a revision, a remote's relative path would be resolved inside Git.
        return [_needed(repo, *key, uses) for key, uses in needed.items()]


def _needed(
    repo: Repo, oid: str, hash_name: str, remote: str | None, pushed: bool, uses: list[tuple[str, str]]
) -> Needed:
    cache = repo.cache.legacy if hash_name in LEGACY_HASH_NAMES else repo.cache.local
    return Needed(oid, cache, _remote(repo, remote, hash_name) if pushed else None, uses)


def _oid(repo: Repo, out: Output) -> str:
    if not out.hash_info.value:
        raise UserError(f"{_from_top(repo, out)}: dvc.lock does not have it. `dvc repro` makes it.")
    return str(out.hash_info.value)


def _remote(repo: Repo, name: str | None, hash_name: str) -> Database | None:
    try:
        return repo.cloud.get_remote_odb(name, "check", hash_name=hash_name)
    except NoRemoteError:
        return None


def is_sound(database: Database, oid: str) -> bool | None:
    """Hash an object's bytes as a stream: is it what its name says? None if it is not there.

    Raises
    ------
    UserError
        If the storage can't be read.
    """
    try:
        with database.fs.open(database.oid_to_path(oid), "rb") as file:
            digest = fobj_md5(file, name=database.hash_name)
    except FileNotFoundError:
        return None
    except Exception as error:  # every cloud library has errors of its own
        raise UserError(f"{database.oid_to_path(oid)}: not readable ({error}). Is the storage reachable?") from None
    return bool(digest == oid.removesuffix(LISTING))


def listed_files(database: Database, oid: str) -> Iterator[tuple[str, str]]:
    """Yield path and object of each file that the list of a folder names."""
    for key, _, digest in Tree.load(database, HashInfo(database.hash_name, oid)):
        yield "/".join(key), str(digest.value)


def lost_listings(repo: Repo, kept: dict[str, bool]) -> list[str]:
    """Return the folders whose list the cache lacks or has corrupt, over the revisions that `dvc gc` would keep."""
    lost = []
    for revision in repo.brancher(**kept):
        folders = [out for out in repo.index.outs if out.use_cache and out.hash_info.isdir]
        broken = [out for out in folders if not is_sound(out.cache, out.hash_info.value)]
        lost += [f"{_from_top(repo, out)} at {revision.partition(',')[0]}" for out in broken]
    return lost


# The rest: settings, experiments, and DVC's ways to read, write and compare YAML.


def shared_settings(folder: Path) -> dict[str, Any]:
    """Return the workspace's settings of where objects are, to read another revision with them."""
    config = Config(str(folder / ".dvc"))
    return {key: config[key] for key in ("core", "remote", "cache") if key in config}


def cache_folder(folder: Path) -> Path:
    """Return the folder of a repository's cache, which holds the run-cache too."""
    with Repo(str(folder)) as repo:
        return Path(repo.cache.local_cache_dir)


def local_cache_setting(folder: Path) -> str:
    """Return where `.dvc/config.local` puts the cache, from `.dvc`."""
    config = Config(str(folder / ".dvc"), validate=False).load_one("local")
    return str(config.get("cache", {}).get("dir", "cache"))


def experiment(name: str, folder: Path = Path()) -> tuple[str, str] | None:
    """Return the Git reference of an experiment and the commit that it started from; None if there is none.

    Raises
    ------
    UserError
        If several have the name.
    """
    with Repo(str(folder)) as repo:
        try:
            found = resolve_name(repo.scm, name)[name]
        except AmbiguousExpRefInfo:
            raise UserError(f"{name}: several experiments have this name; `dvc exp list --all` shows them.") from None
    return None if found is None else (str(found), found.baseline_sha)


def parse_lock(text: str, name: str) -> Any:
    """Parse a dvc.lock as DVC does.

    Raises
    ------
    YAMLError
        If it is no YAML.
    """
    return parse_yaml(text, name)


def write_lock(path: Path, content: dict[str, Any]) -> None:
    """Write a dvc.lock as DVC does."""
    dump_yaml(str(path), content)


def parameter_differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return ``old`` and ``new`` of each parameter that differs, as ``dvc params diff`` does.

    The command itself reads the workspace too, and takes two seconds.
    """
    return diff({"params": {"data": before}}, {"params": {"data": after}}).get("params", {})
