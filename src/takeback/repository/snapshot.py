"""Reading a revision's files, in Git or in DVC's cache or remote, without touching the worktree."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from dvc.api import DVCFileSystem
from dvc.exceptions import DvcException
from dvc_data.index import DataIndexDirError

from takeback.common.errors import UserError
from takeback.repository.git import HERE, commit_of


class Snapshot:
    """The files of one revision, or of the workspace if the revision is None."""

    def __init__(self, revision: str | None, folder: Path = HERE) -> None:
        self.name = revision or "workspace"
        self._files = DVCFileSystem(str(folder), rev=commit_of(revision, folder) if revision else None)

    def exists(self, path: str | Path) -> bool:
        """Say whether the revision has a file or folder of this name."""
        return bool(self._files.exists(str(path)))

    def bytes(self, path: str | Path) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        UserError
            If the revision has no such file, or its object is neither in the cache nor in the remote.
        """
        try:
            return self._files.read_bytes(str(path))
        except (FileNotFoundError, DataIndexDirError):  # the second: the list of a folder's files is nowhere
            raise UserError(
                f"{self.name}: {path}: there is no such file, or neither the cache nor the remote has it. "
                f"{self._remedy()}"
            ) from None
        except (DvcException, OSError) as error:
            raise UserError(f"{self.name}: {path}: not readable ({error}). {self._remedy()}") from None

    def json(self, path: str | Path) -> Any:
        """Return the content of a JSON file."""
        content = self.bytes(path)
        try:
            return json.loads(content)
        except ValueError as error:
            raise UserError(f"{self.name}: {path}: not readable as JSON ({error}).") from None

    def yaml(self, path: str | Path) -> Any:
        """Return the content of a YAML file."""
        content = self.bytes(path)
        try:
            return yaml.load(content, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise UserError(f"{self.name}: {path}: not readable as YAML ({error}).") from None

    def table(self, path: str | Path) -> pa.Table:
        """Return the content of a Parquet file."""
        return pq.read_table(pa.BufferReader(self.bytes(path)))

    def get(self, path: str | Path, target: Path) -> Path:
        """Copy a file or folder to ``target``."""
        try:
            self._files.get(str(path), str(target), recursive=True)
        except (DataIndexDirError, DvcException, OSError) as error:
            raise UserError(f"{self.name}: {path}: not readable ({error}). {self._remedy()}") from None
        return target

    def _remedy(self) -> str:
        if self.name == "workspace":
            return "`dvc repro` makes it; `dvc checkout` brings back a cached one."
        return f"`takeback verify {self.name}` rebuilds it from Git alone; `dvc push` by whoever has it shares it."
