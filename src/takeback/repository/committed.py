"""Small files of a commit, from Git alone: worktree, cache and remote have no say. Nothing in them is trusted."""

import json
from pathlib import Path
from typing import Any

import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml
from takeback.repository.git import HERE
from takeback.repository.git_objects import read_objects

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
