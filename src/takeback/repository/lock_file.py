"""dvc.lock: parsed as DVC parses it, but each hash is the text that stands there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from dvc.utils.serialize import YAMLError, dump_yaml, parse_yaml

from takeback.common.errors import UserError
from takeback.repository.git import HERE

LOCK = "dvc.lock"
HASHES = ("md5", "etag", "checksum")


def read_lock(folder: Path = HERE) -> dict[str, Any]:
    """Return the parsed dvc.lock of a folder.

    Raises
    ------
    UserError
        If there is none or it is broken.
    """
    lock, written = _parsed(folder)
    for _, entry, text in _entries(lock, written):
        entry |= {key: text[key] for key in HASHES if key in entry}
    return lock


def unquoted_hashes(folder: Path = HERE) -> list[tuple[str, str, str]]:
    """Return place, path and text of each hash that is a number to YAML; DVC writes quotes there, and fails without."""
    return [
        (place, entry["path"], text[key])
        for place, entry, text in _entries(*_parsed(folder))
        for key in HASHES
        if not isinstance(entry.get(key, ""), str)
    ]


def quote_hashes(clone: Path) -> None:
    """Let DVC read the dvc.lock of a temporary clone whose hashes lack quotes."""
    if unquoted_hashes(clone):
        dump_yaml(str(clone / LOCK), read_lock(clone))


def refuse_unquoted_hashes(folder: Path) -> None:
    """Say in one message what DVC would end with a traceback for.

    Raises
    ------
    UserError
        If a hash is a number to DVC.
    """
    if (folder / LOCK).exists() and (found := unquoted_hashes(folder)):
        place, path, text = found[0]
        raise UserError(
            f"{LOCK}: {place}: {path}: {text} has no quotes and is a number to DVC, which writes it with quotes. "
            f"Somebody edited it: `git checkout {LOCK}`, or put it in quotes."
        )


def locked_hash(lock: Path, out: Path) -> str | None:
    """Return the hash that dvc.lock has for an output."""
    stages = read_lock(lock.parent)["stages"].values()
    return {item["path"]: item.get("md5") for stage in stages for item in stage.get("outs", [])}.get(out.as_posix())


def _parsed(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the lock as DVC reads it, and with every value as text."""
    try:
        content = (folder / LOCK).read_text(encoding="utf-8")
        lock, written = parse_yaml(content, LOCK), yaml.load(content, Loader=yaml.CBaseLoader)  # noqa: S506  makes text of everything
    except FileNotFoundError:
        raise UserError(f"{LOCK}: there is no such file. `dvc repro` writes it; commit it.") from None
    except (YAMLError, yaml.YAMLError, ValueError, RecursionError) as error:
        said = error.__cause__ or error
        raise UserError(f"{LOCK}: not readable as YAML ({said}). `git checkout {LOCK}` brings it back.") from None
    if not isinstance(lock, dict) or not isinstance(lock.get("stages"), dict):
        raise UserError(f"{LOCK}: found no stages. `dvc repro` writes it anew.")
    try:
        assert all(isinstance(entry["path"], str) for _, entry, _ in _entries(lock, written))
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        raise UserError(f"{LOCK}: is not what DVC writes. `git checkout {LOCK}` brings it back.") from None
    return lock, written


def _entries(lock: dict[str, Any], written: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    for (name, stage), text in zip(lock["stages"].items(), written["stages"].values(), strict=True):
        for part in ("deps", "outs"):
            for entry, its_text in zip(stage.get(part, []), text.get(part, []), strict=True):
                yield f"{name}: {part}", entry, its_text
