"""How the report writes numbers and names, and what it says of the gate's criteria."""

from collections.abc import Mapping, Sequence
from typing import Any

from takeback.assessment.criteria import FAIL, INSUFFICIENT, PASS, stops

ABSENT = "–"
# The words of a criterion's measure, and of what a limit of it means to the reader.
CRITERIA = {
    "auc": "AUC",
    "brier": "Brier score",
    "calibration_odds": "Odds of default over what the PDs say",
    "calibration_slope": "Slope of outcomes on PDs",
    "calibration_error": "Calibration error",
    "auc_gain_over_rule": "AUC gained over the rule",
    "profit_gain_over_rule": "Profit per application gained over the rule",
    "quarantined_share": "Share of rows quarantined",
    "approval_ratio": "Approval ratio",
    "approval_ratio_of_good": "Approval ratio among good payers",
    "intersection_ratio": "Approval ratio",
    "group_calibration_odds": "Odds of default over what the PDs say",
    "group_calibration_gap": "Gap between mean PD and bad rate",
    "reasons_coverage": "Share of declines with a reason",
    "reasons_effect": "Share of declines whose PD falls with what the approved have for the first reason",
    "reasons_truth": "Share of declines whose first reason is true of the person",
}
PAIR = "intersection_ratio"
EITHER_WAY = "group_calibration_gap"  # its limit holds above 0 and below
SIDES = {"min": "at least", "max": "at most"}
URGENCY = (FAIL, INSUFFICIENT, PASS)
BLOCKS = {
    "fail": "blocks if it fails",
    "doubt": "blocks if it fails or evidence is missing",
    "never": "is only reported",
}


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with a fixed count of decimals; what is absent is a dash."""
    return ABSENT if value is None else f"{value:.{digits}f}".replace("-", "−")


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return ABSENT if value is None else f"{100 * value:.{digits}f}%".replace("-", "−")


def count(value: float | None) -> str:
    """Write a count with a comma between thousands; what is not shown is a dash."""
    return ABSENT if value is None else f"{value:,.0f}"


def plain(name: str) -> str:
    """Write an identifier as words."""
    return name.replace("_", " ")


def sentence(text: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def span(interval: Sequence[float] | None, digits: int = 3, shares: bool = False) -> str:
    """Write an interval as ``low to high``; what is absent is nothing."""
    if interval is None:
        return ""
    return " to ".join(percent(end, digits) if shares else number(end, digits) for end in interval)


def bracketed(interval: Sequence[float] | None, digits: int = 3, shares: bool = False) -> str:
    """Write an interval in brackets after a space; what is absent is nothing."""
    return f" ({span(interval, digits, shares)})" if interval else ""


def judged(row: Mapping[str, Any]) -> str:
    """Write one of the `criteria` as a sentence without its end."""
    value = "not shown" if row["value"] is None else number(row["value"], 4) + bracketed(row["interval"])
    return f"{row['words']} is {value}; the gate wants {row['bound']}"


FILTERS = {
    "number": number,
    "percent": percent,
    "count": count,
    "plain": plain,
    "sentence": sentence,
    "span": span,
    "bracketed": bracketed,
    "judged": judged,
}


def criteria(gate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the gate's criteria, failures first.

    Returns
    -------
    list of dict
        Each with its numbers as in gate.json, ``words`` for it, ``bound`` (its limit in words), ``interval``
        ([low, high] or None), ``if_missed`` (what then happens, in words) and ``stops`` (whether it stops a release).
    """
    rows = [{**row, **_words(key, row["limit"]), **_effect(row)} for key, row in gate["criteria"].items()]
    return sorted(rows, key=lambda row: (URGENCY.index(row["result"]), not row["stops"]))


def verdicts(gate: Mapping[str, Any], criterion: str) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """Return one criterion's rows by (attribute, group)."""
    named = {tuple(key.split(".", 2)): row for key, row in gate["criteria"].items()}
    return {key[1:]: row for key, row in named.items() if key[0] == criterion}


def _words(key: str, limit: float) -> dict[str, str]:
    criterion, *group = key.split(".", 2)  # min_approval_ratio.sex.male
    side, _, measure = criterion.partition("_")
    of_pair = measure == PAIR  # its groups say which attributes they are of
    about = f" of {'' if of_pair else plain(group[0]) + ': '}{plain(group[1])}" if len(group) > 1 else ""
    bound = f"{1 / limit:.2f} to {limit:g}" if side == "near" else f"{SIDES[side]} {limit:g}"
    either_way = " either way" * (measure == EITHER_WAY)
    return {"side": side, "words": CRITERIA.get(measure, plain(measure)) + about, "bound": bound + either_way}


def _effect(row: Mapping[str, Any]) -> dict[str, Any]:
    known = row["low"] is not None and row["high"] is not None
    return {
        "interval": [row["low"], row["high"]] if known else None,
        "if_missed": BLOCKS[row["blocks"]],
        "stops": stops(row),
    }
