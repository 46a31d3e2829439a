"""The YAML that DVC reads of a worktree or a commit, looked at first: its parser crashes where ours says why."""

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import LARGEST, load_yaml
from takeback.repository.git import HERE, commit_of, git
from takeback.repository.git_objects import read_objects
from takeback.repository.lock_file import LOCK

PIPELINE = "dvc.yaml"
NAMES = (PIPELINE, LOCK, "params.yaml")
YAML = (".yaml", ".yml")
LINK, MODULE = "120000", "160000"
Files = Mapping[str, Callable[[], bytes]]


def refuse_bad_yaml(revision: str | None = None, folder: Path = HERE) -> None:
    """Refuse what ends DVC's process or gives a traceback, such as 100,000 brackets: see `load_yaml`.

    Read are `dvc.yaml`, `dvc.lock`, `params.yaml`, `*.dvc`, and the files of parameters that a `dvc.yaml` names.

    Parameters
    ----------
    revision
        A tag, branch or commit; None for the worktree.
    folder
        The top of the repository.

    Raises
    ------
    UserError
        The first such file and what is wrong with it.
    """
    files = _of_commit(revision, folder) if revision else _of_worktree(folder)
    name = f"{revision}: " if revision else ""
    patterns = set[str]()
    for path in filter(_is_dvcs, files):
        content = _loaded(f"{name}{path}", files[path])
        patterns |= {*_named(content)} if path.endswith(PIPELINE) and isinstance(content, dict) else set()
    for path in files:
        if path.endswith(YAML) and not _is_dvcs(path) and any(fnmatch(path, f"*{pattern}") for pattern in patterns):
            _loaded(f"{name}{path}", files[path])


def _is_dvcs(path: str) -> bool:
    return path.endswith(".dvc") or PurePosixPath(path).name in NAMES


def _loaded(name: str, read: Callable[[], bytes]) -> Any:
    try:
        return load_yaml(read())
    except yaml.YAMLError as error:
        raise UserError(f"{name}: not readable as YAML ({error}). DVC would fail there; mend it.") from None


def _named(content: Any) -> Iterator[str]:
    """Give the name of each file of parameters that a dvc.yaml names, as a pattern, wherever the file lies."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        if key in ("params", "vars") and isinstance(value, list):
            texts = [text for item in value for text in (item if isinstance(item, dict) else [item])]
            yield from (PurePosixPath(re.sub(r"\$\{.*?\}", "*", str(text)).partition(":")[0]).name for text in texts)
        if isinstance(value, (dict, list)):
            yield from _named(value)


def _of_worktree(folder: Path) -> Files:
    """Return the files that DVC could find, also those that only the user's own settings ignore."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-per-directory=.gitignore", folder=folder)
    names = dict.fromkeys([*NAMES, *listed.split("\0")])
    return {name: (folder / name).read_bytes for name in names if name and (folder / name).is_file()}


def _of_commit(revision: str, folder: Path) -> Files:
    """Return the files of a commit, those of other repositories in it left out."""
    printed = git("ls-tree", "-r", "-z", "--full-tree", commit_of(revision, folder), folder=folder)
    rows = [row.partition("\t") for row in printed.split("\0") if row]
    found: dict[str, Callable[[], bytes]] = {}
    for about, _tab, path in rows:
        mode, _kind, identifier = about.split(" ")
        if mode != MODULE:
            found[path] = partial(_blob, "" if mode == LINK else identifier, f"{revision}: {path}", folder)
    return found


def _blob(identifier: str, name: str, folder: Path) -> bytes:
    if not identifier:  # it would lead DVC to what nobody looked at
        raise UserError(f"{name}: is a link; expected a file, since DVC reads it.")
    found = read_objects([identifier], "blob", LARGEST, folder)[0]
    if not found or found.content is None:
        size = f"has {found.size} bytes; expected at most {LARGEST}" if found else "Git can't read it"
        raise UserError(f"{name}: {size}.")
    return found.content
