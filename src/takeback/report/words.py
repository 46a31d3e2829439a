"""How the report writes numbers and names, and what it says of the gate's criteria."""

from collections.abc import Mapping
from typing import Any

ABSENT = "–"
CRITERIA = {
    "auc": "AUC",
    "brier": "Brier score",
    "calibration_error": "Calibration error",
    "auc_gain_over_rule": "AUC gained over the rule",
    "quarantined_share": "Share of rows quarantined",
    "approval_ratio": "Approval ratio",
}
URGENCY = ("fail", "insufficient evidence", "pass")


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with a fixed count of decimals; what is absent is a dash."""
    return ABSENT if value is None else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return ABSENT if value is None else f"{100 * value:.{digits}f}%"


def count(value: float) -> str:
    """Write a count with a comma between thousands."""
    return f"{value:,.0f}"


def plain(name: str) -> str:
    """Write an identifier as words."""
    return name.replace("_", " ")


FILTERS = {"number": number, "percent": percent, "count": count, "plain": plain}


def criteria(gate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the gate's criteria, failures first, with ``words`` for each and the ``bound`` that its limit is."""
    rows = [{**row, **_words(key)} for key, row in gate["criteria"].items()]
    return sorted(rows, key=lambda row: URGENCY.index(row["result"]))


def _words(key: str) -> dict[str, str]:
    criterion, *group = key.split(".", 2)  # min_approval_ratio.sex.male
    side, _, measure = criterion.partition("_")
    about = f" of {plain(group[0])}: {plain(group[1])}" if len(group) > 1 else ""
    return {"words": CRITERIA.get(measure, plain(measure)) + about, "bound": "at most" if side == "max" else "at least"}
