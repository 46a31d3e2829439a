"""What to know before signing: the few findings that matter, and the criteria that were met most narrowly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log
from typing import Any

from takeback.assessment.criteria import FAIL, INSUFFICIENT, may_stop
from takeback.report.people_sections import holds, intersections, marked
from takeback.report.report_words import bracketed, number, percent, plain, span

TIGHTEST = 5
UNIT = 0.05  # of the limit; what counts as one where a number has no interval
CLOSE = 0.05  # above the limit of an approval ratio


def tightest(criteria: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the criteria that can stop a release and were missed, or met most narrowly, of those with a number.

    Narrow is measured in half widths of the 95% interval, or in twentieths of the limit where there is none.
    """
    judged = [row for row in criteria if may_stop(row) and row["result"] != INSUFFICIENT]
    known = [
        row for row in judged if row["value"] not in (None, row["limit"])
    ]  # one that is met to the full is no news
    return sorted(known, key=margin)[:TIGHTEST]


def margin(criterion: Mapping[str, Any]) -> float:
    """Return how far a criterion is on the good side of its limit; negative if it is not."""
    value, limit, interval = criterion["value"], criterion["limit"], criterion["interval"]
    if criterion["side"] == "near":
        if value <= 0:
            return float("-inf")
        half = (log(interval[1]) - log(interval[0])) / 2 if interval and interval[0] > 0 else None
        return float((log(limit) - abs(log(value))) / (half or UNIT))
    distance = value - limit if criterion["side"] == "min" else limit - value
    half = (interval[1] - interval[0]) / 2 if interval else None
    return float(distance / (half or UNIT * abs(limit) or UNIT))


def findings(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a person who signs should know, each with the section that has more of it.

    Parameters
    ----------
    metrics
        As `takeback.report.page.render` takes them.
    """
    return [{"section": section, "text": text} for section, of in FINDINGS for text in of(metrics)]


def _cost(metrics: Mapping[str, Any]) -> Iterator[str]:
    case = metrics["business"]
    gains = case["offers"][case["champion"]].get("gain", {})
    if "rule_best_cut" not in gains or "rule" not in gains:
        return
    best = gains["rule_best_cut"]
    more = "more" if best["value"] >= 0 else "less"
    losing = [cell for cell in case["grid"] if cell["gain"]["value"] <= 0]
    yield (
        f"It earns {number(abs(best['value']), 4)}{bracketed(best['interval'], 4)} {more} per application than today's "
        f"rule at its best cut, and {number(gains['rule']['value'], 4)} more than the rule as it is. Under "
        f"{len(losing)} of {len(case['grid'])} other assumptions the rule earns as much or more."
    )


def _groups(metrics: Mapping[str, Any]) -> Iterator[str]:
    rows, limit = marked(metrics, "approval_ratio", "min_approval_ratio")
    known = [row for row in rows if row["value"] is not None and row["verdict"] not in ("reference", None)]
    judged = [row for row in known if row["verdict"] != INSUFFICIENT or row["value"] < (limit or 0)]
    low = sorted((row for row in judged if limit and row["value"] < limit + CLOSE), key=lambda row: row["value"])
    for row in low[:2]:
        where = "below" if limit and row["value"] < limit else "near"
        around = f" ({span(row['interval'], 2)})" if row["interval"] else ""
        yield (
            f"{row['attribute'].capitalize()} {row['group']}: approved {number(row['value'], 2)} times as often as the "
            f"reference group{around}, {where} the limit of {limit:g}."
        )


def _pairs(metrics: Mapping[str, Any]) -> Iterator[str]:
    found = intersections(metrics)
    failed = [row for row in found["worst"] if row["verdict"] == FAIL]
    named = "; ".join(f"{plain(row['group'])} {number(row['ratio'], 2)}" for row in failed)
    hidden = found["failed"] - len(failed)
    also = f"{' and ' if named else ''}{hidden} whose numbers are not shown" if hidden else ""
    if found["failed"]:
        yield f"Of two groups at once these fail, corrected for their number: {named}{also}."
    silent = found["count"] - found["judged"]
    if silent:
        yield f"{silent} of {found['count']} such pairs are too small for a verdict: what happens there stays unseen."


def _slices(metrics: Mapping[str, Any]) -> Iterator[str]:
    low = [
        row
        for row in metrics["slices"]["slices"]
        if holds(row) and row["test"]["bad_rate"] is not None and row["test"]["bad_rate"] > row["test"]["mean_pd"]
    ]
    if low:
        worst = max(low, key=lambda row: row["test"]["bad_rate"] - row["test"]["mean_pd"])["test"]
        where = max(low, key=lambda row: row["test"]["bad_rate"] - row["test"]["mean_pd"])["where"]
        yield (
            f"PDs are too low where {where}: {percent(worst['mean_pd'])} said, {percent(worst['bad_rate'])} seen, "
            f"{percent(worst['share'])} of applicants."
        )


def _stability(metrics: Mapping[str, Any]) -> Iterator[str]:
    flips = metrics["near_threshold"]["flips"]
    if flips["share"] is not None:
        yield (
            f"{percent(flips['share'])} of decisions would differ had calibration and thresholds come from other "
            "applicants of the same kind."
        )


def _open(metrics: Mapping[str, Any]) -> Iterator[str]:
    unsure = [row for row in metrics["gate"]["criteria"].values() if row["result"] == INSUFFICIENT]
    if unsure:
        yield f"{len(unsure)} of {len(metrics['gate']['criteria'])} criteria have no verdict, for want of evidence."


# In the order of the page: the section that has more, and what to say.
FINDINGS: tuple[tuple[str, Callable[[Mapping[str, Any]], Iterator[str]]], ...] = (
    ("business", _cost),
    ("groups", _groups),
    ("intersections", _pairs),
    ("slices", _slices),
    ("near_threshold", _stability),
    ("gate", _open),
)
