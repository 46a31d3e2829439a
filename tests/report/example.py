"""What `takeback.report` renders: small numbers in the form that the pipeline writes."""

from typing import Any

import pandas as pd

NAMES = ("rule", "logistic", "forest", "xgboost")
DECISION = {"approve_rate": 0.5123, "refer_rate": 0.2, "decline_rate": 0.2877, "profit_per_application": 0.0444}
UNSURE = "insufficient evidence"


def candidate(auc: float, **decision: float | None) -> dict[str, Any]:
    ranking = {"auc": auc, "gini": 2 * auc - 1, "ks": 0.4123, "average_precision": 0.5234, "h_measure": 0.3019}
    return {
        "performance": {
            "ranking": {**ranking, "emp": 0.0119},
            "probability": {
                "brier": 0.1345,
                "calibration_error": 0.0156,
                "calibration_odds": 1.0789,
                "calibration_slope": 0.9543,
                "calibration_error_debiased": 0.0134,
                "spiegelhalter_p": 0.0321,
                "hosmer_lemeshow_p": 0.0432,
                "log_loss": 0.4567,
                "mean_pd": 0.2211,
                "bad_rate": 0.2309,
            },
            "decision": {**DECISION, "bad_rate_among_approved": 0.0789, "decline_f1": 0.5431, **decision},
        },
        "intervals": {
            "ranking.auc": [auc - 0.0123, auc + 0.0123],
            "decision.approve_rate": [0.4987, 0.5259],
            "decision.bad_rate_among_approved": None,
            "sex.second.approval_ratio": [0.4411, 0.6811],
        },
        "roc": pd.DataFrame({name: [0.0, 0.5, 1.0] for name in ("false_positive_rate", "true_positive_rate")}),
        "calibration": pd.DataFrame([{"count": 50.0, "mean_pd": 0.1, "bad_rate": 0.2}] * 2),
        "training": {"rows": 100},
        "methods": {
            "method": "beta",
            "log_loss": {"none": 0.4567, "beta": 0.4512},
            "standard_error": {"none": 0.0013, "beta": 0.0},
        },
        "importance": pd.DataFrame([{"feature": "income", "mean_absolute_contribution": 1.0}]),
        "learning_curve": pd.DataFrame(),
        "thresholds": {"approve_below": 0.1456, "decline_from": 0.1892},
    }


def group(size: int, ratio: float | None) -> dict[str, Any]:
    rates = ("approval_rate", "approval_rate_of_good", "approval_rate_of_bad", "referral_rate", "decline_rate")
    others = {
        "mean_pd": 0.3,
        "bad_rate": 0.28,
        "calibration_gap": 0.02,
        "calibration_odds": 1.0987,
        "pd_difference": 0.11,
    }
    ratios = {"approval_ratio": ratio, "approval_ratio_of_good": ratio}
    return {**dict.fromkeys(rates, 0.3), **others, **ratios, "count": size}


def audit(reference: str = "first", **groups: dict[str, Any]) -> dict[str, Any]:
    gaps = {"approval_rate": 0.1, "approval_rate_of_good": 0.2, "approval_rate_of_bad": 0.05}
    return {"reference": reference, "gaps": gaps, "groups": groups}


def criterion(value: float | None, result: str, blocks: str = "fail", **interval: float | None) -> dict[str, Any]:
    return {"value": value, "low": None, "high": None, "limit": 0.8, "blocks": blocks, "result": result, **interval}


def curve(*attributes: str) -> pd.DataFrame:
    gaps = {f"validation_pd_difference_{name}": 0.1 for name in attributes}
    return pd.DataFrame({"round": [1, 2, 3], "train_logloss": 0.5, "validation_logloss": 0.6, **gaps})


def near(share: float) -> dict[str, Any]:
    groups = {"sex": {"first": {"count": 3, "share": share}, "second": {"count": 2, "share": 2 * share}}}
    return {"value": 0.1456, "count": 5, "share": share, "groups": groups}


def surface() -> pd.DataFrame:
    grid = [0.1, 0.2, 0.3]
    rows = [(low, high, 0.05 - abs(low - 0.2) - abs(high - 0.3) / 2) for low in grid for high in grid if low <= high]
    names = ("approve_below", "decline_from", "profit_per_application", "referral_rate")
    return pd.DataFrame([(*row, 2 * (row[1] - row[0])) for row in rows], columns=names)


def found(where: str, low: float, *, passes: bool = False) -> dict[str, Any]:
    measured = {"count": 60, "share": 0.02, "log_loss": 0.7, "mean_pd": 0.3, "bad_rate": 0.45, "excess_log_loss": 0.21}
    return {
        "where": where,
        "calibration": {"count": 70, "log_loss": 0.69, "excess_log_loss": 0.2, "adjusted_p": 0.3, "passes": passes},
        "test": {**measured, "interval": [low, 0.3]},
    }


def gate() -> dict[str, Any]:
    criteria = {
        "min_auc": criterion(0.7961, "pass"),
        "min_approval_ratio.sex.second": criterion(0.5611, "fail", low=0.4411, high=0.6811),
        "min_approval_ratio.sex.third": criterion(None, UNSURE),
        "min_intersection_ratio.sex x region.second x a": criterion(0.6123, "fail", "never", low=0.51, high=0.71),
        "max_brier": criterion(0.9, "fail", "never"),
    }
    return {"verdict": "blocked", "criteria": criteria}


def compared(size: int, ratio: float | None, judged: bool) -> dict[str, Any]:
    beside = {"approval_rate": 0.3, "ratio_to_highest": 0.5987, "interval_to_highest": [0.4876, 0.7123]}
    told = {"p_value": 0.0123 if judged else None, "power": 0.4321, "judged": judged, "conditional_disparity": 0.0678}
    return {"count": size, "ratio": ratio, "interval": ratio and [ratio - 0.1, ratio + 0.1], **beside, **told}


def group_verdicts() -> dict[str, Any]:
    single = {"first": compared(500, 1.0, False), "second": compared(400, 0.5611, True)}
    pair = {"first x a": (300, 1.0, False), "second x a": (150, 0.6123, True), "second x b": (9, 0.1, False)}
    groups = {name: compared(*of) for name, of in pair.items()}
    return {
        "attributes": {
            "sex": {
                "reference": "first",
                "highest": "first",
                "groups": {**single, "third": compared(87, None, False)},
            }
        },
        "pairs": {"sex x region": {"reference": "first x a", "highest": "first x a", "groups": groups}},
        "pairs_judged": 1,
    }


def champion_only() -> dict[str, Any]:
    told = {"count": 1234, "with_reason": 0.991, "top_is_true": 0.976, "top_lowers_pd": 0.987}
    return {
        "fairness": {"sex": audit(first=group(500, 1.0), second=group(400, 0.5611), third=group(87, None))},
        "group_verdicts": group_verdicts(),
        "near_threshold": {
            "band": 0.02,
            "thresholds": {"approve_below": near(0.1111), "decline_from": near(0.0777)},
            "flips": {**near(0.0333), "replicates": 200},
        },
        "slices": {
            "slices": [found("age > 60", -0.1), found("income < 7", 0.1)],
            "tried": 987,
            "overall_log_loss": 0.4321,
        },
        "reasons": {
            "declined": told,
            "referred": {**told, "count": 77},
            "frequency": [{"words": "Income is low", "first": 0.61, "any": 0.83, "approved": 0.123}],
            "shapley": {
                "declined": {"rows": 300, "top_agrees": 0.815, "rank_correlation": 0.74},
                "referred": {"rows": 0, "top_agrees": None, "rank_correlation": None},
            },
        },
        "surface": surface(),
        "profit_on_calibration": 0.0456,
    }


def about_data() -> dict[str, Any]:
    income = {"selected": True, "why": "kept", "information_value": 0.321, "proxy_gini": {"sex": 0.456}}
    age = {"selected": False, "why": "too weak", "information_value": 0.002, "proxy_gini": {}}
    part = {"rows": 4321, "bad_rate": 0.2468}
    return {
        "data": {
            "rows": {"source": 12345, "accepted": 12340, "quarantined": 5},
            "quarantined_share": 0.0004,
            "broken_rules": {"income: expected at least 0": 5},
            "missing_share": {"income": 0.0321, "age": 0.0},
            "repeated_but_for_the_id": 3,
            "bad_rate": 0.25,
            "source_sha256": "5" * 64,
            "groups": {"sex": {"first": {"count": 9000, "share": 0.75, "bad_rate": 0.2}}},
        },
        "split": {"parts": {"train": part, "calibration": part, "test": part}, "flipped_labels": 0, "scenario": None},
        "selection": {
            "features": {"income": income, "age": age},
            "variance_inflation": {"income": 3.4567},
            "joint_proxies": {"sex": {"gini": 0.5123, "group": "second"}, "region": {"gini": None, "group": None}},
        },
        "manifest": {
            "libraries": {"numpy": "2.4.6"},
            "python": ">=3.11",
            "source": {"file": "data/source/example.csv", "sha256": "5" * 64},
            "parts": {"test": "a" * 64},
            "files": {"contract.json": "c" * 64},
        },
    }


def difference(value: float) -> dict[str, Any]:
    return {"value": value, "interval": [value - 0.005, value + 0.005]}


def business() -> dict[str, Any]:
    gains = {"xgboost": 0.01, "logistic": -0.001, "forest": -0.02}
    offers = {
        name: {
            "reviewed": 1.0,
            "profit": difference(0.03 + gain),
            "gain": {"rule": difference(gain + 0.02), "rule_best_cut": difference(gain)},
        }
        for name, gain in gains.items()
    }
    offers["rule"] = {"reviewed": 0.2288, "profit": difference(0.01), "gain": {"rule_best_cut": difference(-0.02)}}
    offers["rule_best_cut"] = {"reviewed": 1.0, "profit": difference(0.03), "gain": {"rule": difference(0.02)}}
    assumed = {"champion": 0.04, "rule": 0.01, "rule_best_cut": 0.03}
    grid = [
        {"loss_given_default": loss, "skill": 0.5, "max_referral_rate": busy, **assumed, "gain": difference(gain)}
        for loss, busy, gain in ((0.5, 0.1, 0.0151), (0.5, 0.2, 0.0032), (0.9, 0.1, -0.0043), (0.9, 0.2, 0.0154))
    ]
    ways = {name: {"profit": profit, "approved": 0.0} for name, profit in (("refer", -0.0424), ("decline", 0.0))}
    return {
        "champion": "xgboost",
        "offers": offers,
        "best_cut": {"approve_rate": 0.5214, "refer_rate": 0.1753, "decline_rate": 0.3033},
        "review": {"shadow_price": 0.0438, "break_even_cost": 0.0625, "break_even_skill": 0.04, "skill": 0.5},
        "thin_files": {
            "treated": "refer",
            "share": 0.0272,
            "bad_rate": 0.3963,
            "break_even": 0.2989,
            "options": ways,
            "groups": {"sex": {"first": 0.0297, "second": None}},
        },
        "grid": grid,
    }


def metrics() -> dict[str, Any]:
    boosted = {**candidate(0.7961), "training": {"rows": 100, "rounds": 2}, "learning_curve": curve("sex")}
    return {
        "data_set": "example",
        "source": "data/source/example.csv",
        "scenario": None,
        "labels": {"income": "income a year", "age": "age in years"},
        "governance": {
            "owner": "Team Kredit",
            "purpose": "Cards",
            "materiality": "high",
            "next_review": "2027-06-30",
            "approvers": {"model_risk": ["ben@example.org"]},
        },
        "policy": {
            "return_rate": 0.15,
            "loss_given_default": 0.75,
            "review_cost": 0.005,
            "analyst_approves_good": 0.9,
            "analyst_approves_bad": 0.4,
            "max_referral_rate": 0.2,
            "overflow": "decline",
            "late_cost": 0.0,
            "thin_files": "refer",
        },
        "choice": {
            "champion": "xgboost",
            "metric": "auc",
            "why": dict.fromkeys(NAMES, "auc 0.02 short of the best"),
            "values": dict.fromkeys(NAMES, 0.7788),
        },
        "gate": gate(),
        "business": business(),
        "candidates": {
            "rule": candidate(0.70, approve_rate=0.0, refer_rate=0.87, bad_rate_among_approved=None),
            "logistic": candidate(0.75),
            "forest": candidate(0.78),
            "xgboost": boosted,
        },
        **champion_only(),
        **about_data(),
    }
