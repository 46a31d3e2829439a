"""Reading a revision's files, in Git or in DVC's cache or remote, without touching the worktree.

Git, the worktree and DVC's cache are asked before DVC, which takes half a second to be imported and read its pipeline.
"""

import json
from functools import cached_property
from hashlib import md5
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml
from takeback.repository.dvc_files import refuse_bad_yaml
from takeback.repository.git import HERE, commit_of, git_bytes, git_succeeds
from takeback.repository.lock_file import LOCK, parse_lock_text

# As DVC documents it.
CACHE = Path(".dvc/cache/files/md5")


class Snapshot:
    """The files of one revision, or of the workspace if the revision is None."""

    def __init__(self, revision: str | None, folder: Path = HERE) -> None:
        self.name = revision or "workspace"
        self._folder, self._commit = folder, commit_of(revision, folder) if revision else None

    @cached_property
    def _files(self) -> Any:
        from takeback.repository.dvc import DVCFileSystem

        refuse_bad_yaml(self._commit and self.name, self._folder)
        return DVCFileSystem(str(self._folder), rev=self._commit)

    def exists(self, path: str | Path) -> bool:
        """Say whether the revision has a file or folder of this name."""
        if self._commit:
            there = git_succeeds("cat-file", "-e", f"{self._commit}:./{path}", folder=self._folder)
        else:
            there = (self._folder / path).exists()
        return there or self._cached(path) is not None or bool(self._files.exists(str(path)))

    def bytes(self, path: str | Path) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        UserError
            If the revision has no such file, or its object is neither in the cache nor in the remote.
        """
        try:
            content = self._outside_dvc(path)
        except OSError as error:
            raise self._unreadable(path, error) from None
        return self._by_dvc(path) if content is None else content

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
            return load_yaml(content)
        except yaml.YAMLError as error:
            raise UserError(f"{self.name}: {path}: not readable as YAML ({error}).") from None

    def table(self, path: str | Path) -> pa.Table:
        """Return the content of a Parquet file."""
        return pq.ParquetFile(pa.BufferReader(self.bytes(path))).read()

    def get(self, path: str | Path, target: Path) -> Path:
        """Copy a file or folder to ``target``."""
        from takeback.repository.dvc import UNREADABLE

        try:
            self._files.get(str(path), str(target), recursive=True)
        except UNREADABLE as error:
            raise self._unreadable(path, error) from None
        return target

    def _outside_dvc(self, path: str | Path) -> Any:
        """Return what Git or the worktree has of a file."""
        if self._commit:
            found = git_bytes("cat-file", "blob", f"{self._commit}:./{path}", folder=self._folder)
            return self._cached(path) if found is None else found
        return (self._folder / path).read_bytes() if (self._folder / path).is_file() else None

    def _cached(self, path: str | Path) -> Any:
        """Return what DVC's cache has of an output, if it lies where it does by default; DVC hashes none again."""
        digest = self._locked.get(Path(path).as_posix(), "")
        place = self._folder / CACHE / digest[:2] / digest[2:]
        if not digest or not place.is_file():
            return None
        content = place.read_bytes()
        if md5(content, usedforsecurity=False).hexdigest() != digest:
            raise UserError(f"{self.name}: {path}: {place} is corrupt. `takeback check {self.name}` says what else is.")
        return content

    @cached_property
    def _locked(self) -> dict[str, str]:
        """The hash of each output that is a file."""
        lock = git_bytes("cat-file", "blob", f"{self._commit}:./{LOCK}", folder=self._folder) if self._commit else None
        try:
            stages = parse_lock_text(lock.decode())["stages"].values() if lock else ()
        except (UserError, UnicodeDecodeError):  # DVC says what is wrong, if it matters
            return {}
        outs = [out for stage in stages for out in stage.get("outs", []) if out.get("hash") == "md5"]
        return {out["path"]: out["md5"] for out in outs if not out.get("md5", ".dir").endswith(".dir")}

    def _by_dvc(self, path: str | Path) -> Any:
        from takeback.repository.dvc import UNREADABLE, DataIndexDirError

        try:
            return self._files.read_bytes(str(path))
        except (FileNotFoundError, DataIndexDirError):  # the second: the list of a folder's files is nowhere
            raise UserError(
                f"{self.name}: {path}: there is no such file, or neither the cache nor the remote has it. "
                f"{self._remedy()}"
            ) from None
        except UNREADABLE as error:
            raise self._unreadable(path, error) from None

    def _unreadable(self, path: str | Path, error: Exception) -> UserError:
        return UserError(f"{self.name}: {path}: not readable ({error}). {self._remedy()}")

    def _remedy(self) -> str:
        if self.name == "workspace":
            return "`dvc repro` makes it; `dvc checkout` brings back a cached one."
        return f"`takeback verify {self.name}` rebuilds it from Git alone; `dvc push` by whoever has it shares it."
