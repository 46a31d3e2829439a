"""YAML for settings: plain values. What would hang or end the process is refused before anything is built from it."""

import re
from typing import Any

import yaml

DEEPEST = 50  # libyaml ends the process at some 20,000
LONGEST_NUMBER = 50
LARGEST = 20_000_000
NUMBER = re.compile(r"[-+.\d][-+.:_\da-fox]*", re.IGNORECASE)


def load_yaml(text: str | bytes, loader: Any = yaml.CSafeLoader) -> Any:
    """Return the values of a document of YAML.

    Parameters
    ----------
    text
        The document.
    loader
        One of PyYAML's loaders in C; ``CBaseLoader`` leaves every value as text.

    Raises
    ------
    yaml.YAMLError
        If it is none, or has an alias, a tag, a number of very many digits, or too many levels: one message.
    """
    try:
        _check(text)
        return yaml.load(text, Loader=loader)  # noqa: S506  one of the safe ones
    except (ValueError, RecursionError, UnicodeError) as error:  # 31 February; PyYAML passes them on
        raise yaml.YAMLError(str(error)) from None


def _check(text: str | bytes) -> None:
    if len(text) > LARGEST:
        raise yaml.YAMLError(f"it has {len(text)} characters; expected at most {LARGEST}")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if found := _unwanted(event, depth):
            raise yaml.YAMLError(f"line {event.start_mark.line + 1 if event.start_mark else '?'}: {found}")


def _unwanted(event: Any, depth: int) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return f"*{event.anchor} is an alias; expected the value itself"
    if depth > DEEPEST:
        return f"it is nested more than {DEEPEST} levels deep"
    if getattr(event, "tag", None):
        return f"{event.tag} is a tag; expected a plain value"
    if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and len(event.value) > LONGEST_NUMBER:
        return f"a number of {len(event.value)} digits" if NUMBER.fullmatch(event.value) else None
    return None
