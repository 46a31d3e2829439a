"""Parameters as texts: those of params.yaml beside those that DVC wrote into dvc.lock in its own way."""

import json
from collections.abc import Iterator
from typing import Any

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
