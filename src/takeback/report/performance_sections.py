"""What the sections on business, ranking, calibration, thresholds and learning need beside the metrics."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from takeback.report import charts
from takeback.report.group_chart import ODDS, by_group, surface
from takeback.report.people_sections import marked

RULE, BEST_CUT = "rule", "rule_best_cut"
ABSENT = {"value": None, "interval": None}
MEASURES = ("approve_rate", "refer_rate", "decline_rate", "bad_rate_among_approved", "profit_per_application")


def business(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row per candidate, the rule first, what each earns more than the rule, and where the champion stops to.

    The rule has two rows: as it is, of whose referrals only as many count as can be reviewed, and at its best cut.
    """
    champion, case = metrics["choice"]["champion"], metrics["business"]
    names = sorted(metrics["candidates"], key=lambda name: (name != RULE, name != champion))
    rows = {name: dict(_measured(metrics["candidates"][name])) for name in names}
    for name, row in rows.items():
        row["profit_per_application"] = case["offers"][name]["profit"]
    cut = {key: {"value": case["best_cut"][key], "interval": None} for key in MEASURES[:3]}
    cut |= {"bad_rate_among_approved": dict(ABSENT), "profit_per_application": case["offers"][BEST_CUT]["profit"]}
    gains = {name: case["offers"][name]["gain"] for name in names if name != RULE}
    return {
        "rows": {RULE: rows.pop(RULE), BEST_CUT: cut, **rows},
        "gains": {
            name: {of: {**gain, "sure": _sure(gain)} for of, gain in each.items()} for name, each in gains.items()
        },
        "reviewed": case["offers"][RULE]["reviewed"],
        "review": case["review"],
        "thin": case["thin_files"],
        "capacities": sorted({cell["max_referral_rate"] for cell in case["grid"]}),
        "grid": _by_assumption(case["grid"]),
        "worse": [cell for cell in case["grid"] if cell["gain"]["value"] <= 0],
        "unsure": [cell for cell in case["grid"] if cell["gain"]["value"] > 0 and not _sure(cell["gain"])],
    }


def _by_assumption(grid: list[dict[str, Any]]) -> dict[tuple[float, float], list[dict[str, Any]]]:
    """Return the cells of each loss and skill, one for each capacity."""
    rows: dict[tuple[float, float], list[dict[str, Any]]] = {}
    for cell in sorted(grid, key=lambda cell: cell["max_referral_rate"]):
        rows.setdefault((cell["loss_given_default"], cell["skill"]), []).append({**cell, "sure": _sure(cell["gain"])})
    return rows


def _measured(candidate: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in MEASURES:
        value = candidate["performance"]["decision"][name]
        yield name, {"value": value, "interval": candidate["intervals"].get(f"decision.{name}")}


def _sure(gain: Mapping[str, Any]) -> bool:
    """Say whether the interval leaves out 0."""
    low, high = gain["interval"] or (0, 0)
    return low > 0 or high < 0


RANKING_MEASURES = ("auc", "ks", "average_precision", "h_measure", "emp")


def gains(bins: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a gains table: bins of about equal size by PD, the riskiest first.

    Each with ``count``, ``mean_pd``, ``bad_rate``, ``lift`` (its bad rate over that of all), ``captured`` (the share of
    all defaults in it and the bins above) and ``breaks`` (whether more default than in the bin before).
    """
    rows = bins.sort_values("mean_pd", ascending=False)
    bad = rows["count"] * rows["bad_rate"]
    if rows.empty or not bad.sum():
        return []
    overall = bad.sum() / rows["count"].sum()
    table = rows.assign(
        lift=rows["bad_rate"] / overall, captured=bad.cumsum() / bad.sum(), breaks=rows["bad_rate"].diff() > 0
    )
    return table.to_dict("records")


def ranking(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ROC curves and the champion's inputs as pictures, and the measures of ranking by candidate."""
    candidates, champion = metrics["candidates"], metrics["choice"]["champion"]
    aucs = {name: candidate["performance"]["ranking"]["auc"] for name, candidate in candidates.items()}
    known = [key for key in RANKING_MEASURES if key in candidates[champion]["performance"]["ranking"]]
    rows = {
        name: [(c["performance"]["ranking"].get(key), c["intervals"].get(f"ranking.{key}")) for key in known]
        for name, c in candidates.items()
    }
    inputs = [*_importance(metrics, champion)]
    return {
        "known": known,
        "rows": rows,
        "roc": charts.roc({name: candidate["roc"] for name, candidate in candidates.items()}, aucs, champion),
        "gains": gains(candidates[champion]["calibration"]),
        "importance": charts.bars("importance", "Importance", inputs),
    }


def _importance(metrics: Mapping[str, Any], champion: str) -> Iterator[dict[str, Any]]:
    for row in metrics["candidates"][champion]["importance"].to_dict("records"):
        label = metrics["labels"].get(row["feature"].partition("=")[0])  # housing=own is part of housing
        name = f"{row['feature']}: {label}" if label and label != row["feature"] else row["feature"]
        yield {"name": name, "value": row["mean_absolute_contribution"]}


SHOWN = (
    "calibration_odds",
    "calibration_slope",
    "calibration_error_debiased",
    "spiegelhalter_p",
    "hosmer_lemeshow_p",
    "brier_reliability",
    "brier_resolution",
)
MEASURE, CRITERION = "calibration_odds", "near_group_calibration_odds"


def calibration(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of bins and of groups, the rows of the second, and the gate's limit."""
    rows, limit = marked(metrics, MEASURE, CRITERION)
    scale = ODDS._replace(limits=() if limit is None else (1 / limit, limit))
    candidate = metrics["candidates"][metrics["choice"]["champion"]]
    words = f"Odds of default over what the PDs say, of {len(rows)} groups."
    return {
        "bins": None if candidate["calibration"].empty else charts.calibration(candidate["calibration"]),
        "groups": by_group("calibration-groups", words, rows, scale) if rows else None,
        "limit": limit,
        "missed": [row for row in rows if row["verdict"] == "fail"],
        "methods": candidate["methods"],
        "shown": [key for key in SHOWN if key in candidate["performance"]["probability"]],
        "probability": candidate["performance"]["probability"],
        "intervals": candidate["intervals"],
    }


def thresholds(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the picture of profit over both thresholds, the best point within the capacity, and the thresholds."""
    chosen = metrics["candidates"][metrics["choice"]["champion"]]["thresholds"]
    busy = metrics["policy"]["max_referral_rate"]
    points = metrics["surface"]
    best = points[points["referral_rate"] <= busy].nlargest(1, "profit_per_application").to_dict("records")
    return {
        "surface": None if points.empty else surface(points, chosen, busy),
        "best": best[0] if best else None,
        "chosen": chosen,
    }


def learning(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of the candidate that learned in rounds: the champion if it did."""
    candidates, champion = metrics["candidates"], metrics["choice"]["champion"]
    learner = next((name for name in (champion, *candidates) if not candidates[name]["learning_curve"].empty), None)
    if learner is None:
        return {"learner": None}
    curve, rounds = candidates[learner]["learning_curve"], candidates[learner]["training"].get("rounds")
    pictures = {"curve": charts.learning(curve, rounds), "gaps": charts.gaps(curve, rounds)}
    return {"learner": learner, **pictures}
