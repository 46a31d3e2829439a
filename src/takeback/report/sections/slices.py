"""Where the champion's PDs are worse than elsewhere."""

import re
from collections.abc import Mapping
from typing import Any


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slices, worst first, and the plain words of the features that they name."""
    found = metrics["slices"]["slices"]
    words = {word for row in found for word in re.findall(r"\w+", row["where"])}
    named = {name: label for name, label in metrics["labels"].items() if name in words and label != name}
    confirmed = [row for row in found if row["test"]["interval"] and row["test"]["interval"][0] > 0]
    return {"rows": found, "labels": named, "confirmed": len(confirmed)}
