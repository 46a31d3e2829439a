"""May this be released? Each criterion ends as pass, fail or insufficient evidence."""

from collections.abc import Callable
from typing import Any, NamedTuple

from takeback.assessment.criteria import (
    Interval,
    at_least,
    at_most,
    failed,
    near_one,
    ratio_at_least,
    unlikely_below,
    verdict,
    within,
)
from takeback.config.candidate_settings import RULE
from takeback.config.params import Criterion, Gate

# Criterion, ratio, and the rate that the ratio compares.
RATIOS = (
    ("min_approval_ratio", "approval_ratio", "approval_rate"),
    ("min_approval_ratio_of_good", "approval_ratio_of_good", "approval_rate_of_good"),
)
# Criterion, measure of a group, and how it is judged; earlier releases have the second.
CALIBRATIONS: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "near_group_calibration_odds": ("calibration_odds", near_one),
    "max_group_calibration_gap": ("calibration_gap", within),
}
INTERSECTION = "min_intersection_ratio"
Judged = tuple[float | None, Interval]


class Evidence(NamedTuple):
    """What a champion showed on the test part, each as its file in metrics/ has it, beside the rule and the data.

    Fairness and its intervals with nothing hidden: who is too few to be shown is not too few to be treated fairly.
    """

    performance: dict[str, dict[str, float | None]]
    fairness: dict[str, Any]
    intervals: dict[str, Interval]
    reasons: dict[str, Any]
    rule: dict[str, dict[str, float | None]]
    data: dict[str, Any]
    business: dict[str, Any] | None = None  # earlier releases have none, and no groups
    groups: dict[str, Any] | None = None


def judge(settings: Gate, found: Evidence) -> dict[str, Any]:
    """Hold a champion against the gate's limits.

    Parameters
    ----------
    settings
        The limits.
    found
        What is judged.

    Returns
    -------
    dict
        ``verdict`` (pass, or blocked if a criterion stops a release) and the ``criteria``, each with its value, the
        95% interval (None where there is none), limit, result, and which results block.
    """
    limits = {name: criterion for name in CRITERIA if (criterion := getattr(settings, name))}
    criteria = {name: _judged(criterion, name, found) for name, criterion in limits.items()}
    criteria |= judge_fairness(settings, found.fairness, found.intervals)
    criteria |= judge_intersections(settings, found.groups)
    return {"verdict": verdict(criteria), "criteria": criteria}


def _judged(criterion: Criterion, name: str, found: Evidence) -> dict[str, Any]:
    return SIDES[name.partition("_")[0]](criterion, *CRITERIA[name](found))


def _measured(name: str) -> Callable[[Evidence], Judged]:
    """Return a metric by its dotted name, with its interval."""
    part, metric = name.split(".")
    return lambda found: (found.performance[part][metric], found.intervals.get(name))


def _auc_gain_over_rule(found: Evidence) -> Judged:
    auc, of_rule = (performance["ranking"]["auc"] for performance in (found.performance, found.rule))
    return None if auc is None or of_rule is None else auc - of_rule, None


def _profit_gain_over_rule(found: Evidence) -> Judged:
    """Return the gain over the rule as it is or at its best cut, whichever earns more."""
    if found.business is None:
        return None, None
    if (champion := found.business["champion"]) == RULE:
        return 0.0, None  # its best cut is another rule
    gains = found.business["offers"][champion]["gain"]
    gain = min(gains.values(), key=lambda gain: gain["value"])
    return gain["value"], gain["interval"]


def _quarantined_share(found: Evidence) -> Judged:
    return found.data["quarantined_share"], None


def _share_of_declines(name: str) -> Callable[[Evidence], Judged]:
    """Return of how many declines something is true; of all without declines."""

    def share(found: Evidence) -> Judged:
        declined = found.reasons["declined"]
        return (1.0, None) if declined["count"] == 0 else (declined[name], declined.get("between", {}).get(name))

    return share


# What the first word of a criterion's name wants: at least the limit, at most, or no more times above 1 or below.
SIDES: dict[str, Callable[..., dict[str, Any]]] = {"min": at_least, "max": at_most, "near": near_one}
# What is judged of a champion as a whole: the number, and its interval if it has one. Each name is a limit in conf.
CRITERIA: dict[str, Callable[[Evidence], Judged]] = {
    "min_auc": _measured("ranking.auc"),
    "max_brier": _measured("probability.brier"),
    "near_calibration_odds": _measured("probability.calibration_odds"),
    "near_calibration_slope": _measured("probability.calibration_slope"),
    "max_calibration_error": _measured("probability.calibration_error"),
    "min_auc_gain_over_rule": _auc_gain_over_rule,
    "min_profit_gain_over_rule": _profit_gain_over_rule,
    "max_quarantined_share": _quarantined_share,
    "min_reasons_coverage": _share_of_declines("with_reason"),
    "min_reasons_truth": _share_of_declines("top_is_true"),
    "min_reasons_effect": _share_of_declines("top_lowers_pd"),
}


def judge_fairness(settings: Gate, fairness: dict[str, Any], intervals: dict[str, Interval]) -> dict[str, Any]:
    """Judge each group: its approval ratios to the reference group, and how honest its PDs are."""
    results: dict[str, Any] = {}
    for attribute, audit in fairness.items():
        reference = audit["groups"].get(audit["reference"], {"count": 0})
        for group, row in audit["groups"].items():
            name = f"{attribute}.{group}"
            enough = _enough(settings, row)
            results |= _calibration(settings, intervals, name, row, enough)
            if group != audit["reference"]:
                both = enough and _enough(settings, reference)
                results |= _ratios(settings, intervals, name, row, reference, both)
    return results


def judge_intersections(settings: Gate, groups: dict[str, Any] | None) -> dict[str, Any]:
    """Judge each pair of groups that is large enough; too small ones have no criterion, there are too many of them."""
    criterion = settings.min_intersection_ratio
    if criterion is None or groups is None:
        return {}
    return {
        f"{INTERSECTION}.{pair}.{group}": unlikely_below(criterion, row["ratio"], row["interval"], row["p_value"])
        for pair, found in groups["pairs"].items()
        for group, row in found["groups"].items()
        if row["judged"]
    }


def _calibration(
    settings: Gate, intervals: dict[str, Interval], name: str, row: dict[str, Any], enough: bool
) -> dict[str, Any]:
    """Judge how honest a group's PDs are, by each of `CALIBRATIONS` that has a limit."""
    return {
        f"{key}.{name}": judged(criterion, row[measure], intervals.get(f"{name}.{measure}"), enough)
        for key, (measure, judged) in CALIBRATIONS.items()
        if (criterion := getattr(settings, key))
    }


def _enough(settings: Gate, row: dict[str, Any]) -> bool:
    """Say whether a group has members enough to be judged; a count that is hidden is too small."""
    return row["count"] is not None and bool(row["count"] >= settings.min_group_size)


def _ratios(
    settings: Gate,
    intervals: dict[str, Interval],
    name: str,
    row: dict[str, Any],
    reference: dict[str, Any],
    enough: bool,
) -> dict[str, Any]:
    """Judge a group's ratios. Where nobody of the reference group is approved both fail: that is no fair model."""
    results = {}
    for key, ratio, rate in RATIOS:
        criterion = getattr(settings, key)
        judged = ratio_at_least(criterion, row[ratio], intervals.get(f"{name}.{ratio}"), enough)
        nobody = enough and reference.get(rate) == 0
        results[f"{key}.{name}"] = failed(criterion) if nobody else judged
    return results


def hidden_criteria(fairness: dict[str, Any], groups: dict[str, Any] | None = None) -> list[str]:
    """Return the criteria whose number an audit, or what is known of pairs of groups, does not show."""
    measured = {key: measure for key, (measure, _) in CALIBRATIONS.items()} | {key: of for key, of, _ in RATIOS}
    pairs = groups["pairs"] if groups else {}
    of_pairs = [
        f"{INTERSECTION}.{pair}.{group}"
        for pair, found in pairs.items()
        for group, row in found["groups"].items()
        if row["p_value"] is None
    ]
    return of_pairs + [
        f"{key}.{attribute}.{group}"
        for attribute, audit in fairness.items()
        for group, row in audit["groups"].items()
        for key, measure in measured.items()
        if row.get(measure) is None
    ]
