"""Where the champion's PDs are worse than elsewhere."""

import re
from collections.abc import Mapping
from typing import Any


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slices, those that hold first, how many do, and the plain words of the features that they name."""
    found = metrics["slices"]["slices"]
    words = {word for row in found for word in re.findall(r"\w+", row["where"])}
    named = {name: label for name, label in metrics["labels"].items() if name in words and label != name}
    return {
        "rows": sorted(found, key=lambda row: not holds(row)),
        "labels": named,
        "passed": sum(row["calibration"]["passes"] for row in found),
        "confirmed": sum(holds(row) for row in found),
    }


def holds(row: Mapping[str, Any]) -> bool:
    """Say whether a slice is worse on the test part too, where nobody looked for it."""
    return bool(row["test"]["interval"]) and row["test"]["interval"][0] > 0
