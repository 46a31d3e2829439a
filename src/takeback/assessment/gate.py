"""May this be released? Each criterion ends as pass, fail or insufficient evidence."""

from typing import Any

from takeback.config import Criterion, Gate

PASS, FAIL, INSUFFICIENT = "pass", "fail", "insufficient evidence"


def judge(settings: Gate, champion: dict, rule: dict, fairness: dict, data: dict) -> dict[str, Any]:
    """Hold a champion against the gate's limits.

    Parameters
    ----------
    settings
        The limits.
    champion, rule
        Performance of the champion and of the fallback rule, as `takeback.assessment.evaluation.performance` gives.
    fairness
        The champion's audit, as `takeback.assessment.fairness.audit` gives it.
    data
        The data metrics, as `takeback.data.ingestion.data_metrics` gives them.

    Returns
    -------
    dict
        ``verdict`` (pass, or blocked if a criterion that blocks has failed) and the criteria with their numbers.
    """
    auc = champion["ranking"]["auc"]
    criteria = {
        "min_auc": _at_least(settings.min_auc, auc),
        "max_brier": _at_most(settings.max_brier, champion["probability"]["brier"]),
        "max_calibration_error": _at_most(settings.max_calibration_error, champion["probability"]["calibration_error"]),
        "min_auc_gain_over_rule": _at_least(settings.min_auc_gain_over_rule, auc - rule["ranking"]["auc"]),
        "max_quarantined_share": _at_most(settings.max_quarantined_share, data["quarantined_share"]),
        **_approval_ratios(settings, fairness),
    }
    blocked = any(c["blocks"] and c["result"] == FAIL for c in criteria.values())
    return {"verdict": "blocked" if blocked else "pass", "criteria": criteria}


def _at_least(criterion: Criterion, value: float) -> dict[str, Any]:
    return _result(criterion, value, PASS if value >= criterion.limit else FAIL)


def _at_most(criterion: Criterion, value: float) -> dict[str, Any]:
    return _result(criterion, value, PASS if value <= criterion.limit else FAIL)


def _result(criterion: Criterion, value: float | None, result: str) -> dict[str, Any]:
    return {"value": value, "limit": criterion.limit, "blocks": criterion.blocks, "result": result}


def _approval_ratios(settings: Gate, fairness: dict) -> dict[str, Any]:
    """Judge each group's approval ratio to the reference (four-fifths rule, 29 CFR 1607.4 D)."""
    results = {}
    for attribute, result in fairness.items():
        groups = result["groups"]
        reference_size = groups.get(result["reference"], {}).get("count", 0)
        for group, row in groups.items():
            if group != result["reference"]:
                enough = min(row["count"], reference_size) >= settings.min_group_size
                key = f"min_approval_ratio.{attribute}.{group}"
                results[key] = _ratio(settings.min_approval_ratio, row["approval_ratio"], enough)
    return results


def _ratio(criterion: Criterion, ratio: float | None, enough: bool) -> dict[str, Any]:
    if not enough:
        return _result(criterion, ratio, INSUFFICIENT)
    if ratio is None:  # nobody of the reference group is approved: no evidence of fairness, and no release
        return _result(criterion, ratio, FAIL)
    return _at_least(criterion, ratio)
