"""Objects of Git and small files of a commit, by their bytes, from Git alone. Nothing in them is trusted."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml
from takeback.repository.git import HERE, git_bytes


class Object(NamedTuple):
    """An object of Git: its kind, its size, and its bytes if they were asked for and are not too many."""

    kind: str
    size: int
    content: bytes | None


def read_objects(names: Sequence[str], kind: str, largest: int, folder: Path = HERE) -> list[Object | None]:
    """Return objects in the order of their names, None for each that is not there or cannot be read.

    Parameters
    ----------
    names
        As Git knows them: hashes, or COMMIT:PATH.
    kind
        The kind of object whose bytes are wanted: tag or blob.
    largest
        The size in bytes from which on they are not read.
    folder
        Where the repository is.
    """
    asked = [name if "\n" not in name else "" for name in names]  # an empty one is missing
    found = [_parsed(line) for line in _each("--batch-check", asked, folder)]
    wanted = [i for i, item in enumerate(found) if item and item.kind == kind and item.size <= largest]
    contents = _each("--batch", [asked[i] for i in wanted], folder)
    for i, content in zip(wanted, contents, strict=True):
        item = found[i]
        assert item
        found[i] = item._replace(content=content) if len(content) == item.size else None
    return found


def _each(option: str, names: Sequence[str], folder: Path) -> list[bytes]:
    """Ask ``git cat-file`` for all at once; if it breaks off at a corrupt object, for each by itself."""
    if not names:
        return []
    asked = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    printed = git_bytes("cat-file", option, folder=folder, given=asked)
    if printed is not None:
        return printed.split(b"\n")[: len(names)] if option == "--batch-check" else _contents(printed)
    return [b""] if len(names) == 1 else [_each(option, [name], folder)[0] for name in names]


def _contents(printed: bytes) -> list[bytes]:
    contents, start = [], 0
    while start < len(printed):
        line = printed.index(b"\n", start)
        item = _parsed(printed[start:line])
        size = item.size if item else -1  # `NAME missing` has no content, and so no line end of its own
        contents.append(printed[line + 1 : line + 1 + max(size, 0)])
        start = line + 1 + size + 1
    return contents


def _parsed(line: bytes) -> Object | None:
    words = line.split(b" ")
    if len(words) != 3 or not words[2].isdigit():
        return None
    return Object(words[1].decode("ascii", "replace"), int(words[2]), None)


LARGEST = 32 << 20  # bytes


class Committed:
    """The files of one commit; ``name`` is what messages call it."""

    def __init__(self, commit: str, name: str, folder: Path = HERE) -> None:
        self.commit, self.name, self._folder = commit, name, folder

    def exists(self, path: Path) -> bool:
        """Say whether the commit has a file of this name."""
        found = read_objects([self._object(path)], "blob", -1, self._folder)[0]
        return found is not None and found.kind == "blob"

    def bytes(self, path: Path) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        UserError
            If there is no such file, or it is too large to be one of ours.
        """
        found = read_objects([self._object(path)], "blob", LARGEST, self._folder)[0]
        if not found or found.kind != "blob":
            raise UserError(f"{self.name}: {path}: Git has no such file in this commit.")
        if found.content is None:
            raise UserError(f"{self.name}: {path}: has {found.size} bytes; expected at most {LARGEST}.")
        return found.content

    def json(self, path: Path) -> Any:
        """Return the content of a JSON file."""
        try:
            return json.loads(self.bytes(path), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{self.name}: {path}: not readable as JSON ({error}).") from None

    def yaml(self, path: Path) -> Any:
        """Return the content of a YAML file."""
        try:
            return load_yaml(self.bytes(path))
        except yaml.YAMLError as error:
            raise UserError(f"{self.name}: {path}: not readable as YAML ({error}).") from None

    def _object(self, path: Path) -> str:
        return f"{self.commit}:{path.as_posix()}"


def _refuse(constant: str) -> None:
    raise ValueError(f"found {constant}, which is no JSON")
