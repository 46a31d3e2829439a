"""dvc.lock: parsed as DVC parses it, each hash and parameter as the text that stands there."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml
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
        from takeback.repository.dvc import write_lock

        write_lock(clone / LOCK, read_lock(clone))


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


def read_lock_text(folder: Path = HERE) -> dict[str, Any]:
    """Return dvc.lock with every value as the text that stands there; a tenth of the time, and without DVC.

    Raises
    ------
    UserError
        If there is none or it is broken.
    """
    return parse_lock_text(_content(folder))


@lru_cache(maxsize=4)  # a command asks several times
def parse_lock_text(content: str) -> dict[str, Any]:
    """Parse the content of a dvc.lock as `read_lock_text` does; not to be changed."""
    written = _loaded(content, lambda text: load_yaml(text, yaml.CBaseLoader))
    _check_entries(written, written)
    return written


def _parsed(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the lock as DVC reads it, and with every value as text."""
    from takeback.repository.dvc import YAMLError, parse_lock

    content = _content(folder)
    written, lock = parse_lock_text(content), _loaded(content, lambda text: parse_lock(text, LOCK), YAMLError)
    _check_entries(lock, written)
    return lock, written


def _content(folder: Path) -> str:
    try:
        return (folder / LOCK).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{LOCK}: there is no such file. `dvc repro` writes it; commit it.") from None
    except ValueError as error:
        raise _broken(error) from None


def _loaded(content: str, parse: Callable[[str], Any], *errors: type[Exception]) -> dict[str, Any]:
    expected: tuple[type[Exception], ...] = (*errors, yaml.YAMLError, ValueError, RecursionError)
    try:
        lock = parse(content)
    except expected as error:
        raise _broken(error.__cause__ or error) from None
    if not isinstance(lock, dict) or not isinstance(lock.get("stages"), dict):
        raise UserError(f"{LOCK}: found no stages. `dvc repro` writes it anew.")
    return lock


def _broken(said: BaseException) -> UserError:
    return UserError(f"{LOCK}: not readable as YAML ({said}). `git checkout {LOCK}` brings it back.")


def _check_entries(lock: dict[str, Any], written: dict[str, Any]) -> None:
    try:
        assert all(isinstance(entry["path"], str) for _, entry, _ in _entries(lock, written))
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        raise UserError(f"{LOCK}: is not what DVC writes. `git checkout {LOCK}` brings it back.") from None


def _entries(lock: dict[str, Any], written: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    for (name, stage), text in zip(lock["stages"].items(), written["stages"].values(), strict=True):
        for part in ("deps", "outs"):
            for entry, its_text in zip(stage.get(part, []), text.get(part, []), strict=True):
                yield f"{name}: {part}", entry, its_text


ABSENT = "no such key"


def value_at(params: Any, key: str) -> Any:
    """Return the value of a dotted key."""
    for part in key.split("."):
        params = params.get(part, ABSENT) if isinstance(params, dict) else ABSENT
    return params


def differences(path: str, before: Any, now: Any) -> Iterator[tuple[str, str, str]]:
    """Yield every key whose value differs, with both values, shortened."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in {**before, **now}:
            yield from differences(f"{path}.{key}", before.get(key, ABSENT), now.get(key, ABSENT))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for position, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differences(f"{path}.{position}", one, other)
    elif not _same(before, now):
        yield path, _short(before), _short(now)


def _same(before: Any, now: Any) -> bool:
    """Compare two texts of YAML; DVC writes numbers and nothing in its own way."""
    if before == now or {str(before), str(now)} <= {"null", "", "~"}:
        return True
    try:
        return float(before) == float(now)
    except (TypeError, ValueError):
        return str(before).lower() == str(now).lower() and str(now).lower() in ("true", "false")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
