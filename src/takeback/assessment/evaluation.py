"""How well a candidate ranks, how honest its PDs are, and what its decisions earn."""

from typing import Any

import numpy as np
from sklearn import metrics

from takeback.assessment.roc_hull import expected_maximum_profit, h_measure, hull
from takeback.config import Policy
from takeback.data.expressions import Array
from takeback.decisions.policy import DECISIONS, profit
from takeback.decisions.scoring import Scores

CALIBRATION_BINS = 10
RANKING = ("auc", "gini", "ks", "average_precision", "h_measure", "emp")


def performance(scores: Scores, bad: Array, amount: Array, policy: Policy) -> dict[str, Any]:
    """Measure scores against outcomes.

    Parameters
    ----------
    scores
        PDs and decisions, each of shape (n,).
    bad
        Outcomes, shape (n,); 1 is a default.
    amount
        Exposure of each application, shape (n,), in the data's currency.
    policy
        The economics of a decision.

    Returns
    -------
    dict
        ``ranking``, ``probability`` and ``decision`` metrics.
    """
    return {
        "ranking": ranking(scores.pd, bad),
        "probability": probability(scores.pd, bad),
        "decision": decision(scores.decision, bad, amount, policy),
    }


def ranking(pd: Array, bad: Array) -> dict[str, float | None]:
    """Return AUC, Gini (2 AUC - 1), Kolmogorov-Smirnov distance, average precision (PR-AUC), H-measure and EMP.

    Each is None if all applicants have one outcome. See `takeback.assessment.roc_hull` for the last two.
    """
    if bad.min() == bad.max():
        return dict.fromkeys(RANKING)
    auc = float(metrics.roc_auc_score(bad, pd))
    fpr, tpr, _ = metrics.roc_curve(bad, pd)
    _, place = np.unique(-pd, return_inverse=True)
    pieces = hull(np.bincount(place, bad), np.bincount(place, 1 - bad))
    costs = h_measure(*pieces), expected_maximum_profit(*pieces)
    values = (auc, 2 * auc - 1, float((tpr - fpr).max()), float(metrics.average_precision_score(bad, pd)), *costs)
    return dict(zip(RANKING, values, strict=True))


def probability(pd: Array, bad: Array) -> dict[str, float]:
    """Return Brier score, log loss, expected calibration error, and mean PD beside the observed bad rate."""
    bins = calibration_bins(pd, bad)
    error = sum(row["count"] * abs(row["mean_pd"] - row["bad_rate"]) for row in bins) / len(pd)
    return {
        "brier": float(metrics.brier_score_loss(bad, pd)),
        "log_loss": float(metrics.log_loss(bad, np.clip(pd, 1e-6, 1 - 1e-6), labels=[0, 1])),
        "calibration_error": error,
        "mean_pd": float(pd.mean()),
        "bad_rate": float(bad.mean()),
    }


def calibration_bins(pd: Array, bad: Array) -> list[dict[str, float]]:
    """Return mean PD and bad rate in ten bins of equal size by PD; applicants with one PD share a bin."""
    edges = np.unique(np.quantile(pd, np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS))
    code = np.searchsorted(edges, pd, side="right")
    masks = [code == i for i in np.unique(code)]
    return [{"count": int(m.sum()), "mean_pd": float(pd[m].mean()), "bad_rate": float(bad[m].mean())} for m in masks]


def decision(decisions: Array, bad: Array, amount: Array, policy: Policy) -> dict[str, float | None]:
    """Return the rate of each decision, the bad rate among approved, profit, and how well declines find bads.

    Profit is per unit of exposure; ``profit_per_amount`` weighs each application with its amount.
    """
    rates = {f"{name}_rate": float((decisions == i).mean()) for i, name in enumerate(DECISIONS)}
    approved, declined = decisions == 0, decisions == 2
    earned = profit(policy, decisions, bad)
    return {
        **rates,
        "bad_rate_among_approved": float(bad[approved].mean()) if approved.any() else None,
        "profit_per_application": float(earned.mean()),
        "profit_per_amount": float((earned * amount).sum() / amount.sum()),
        "decline_precision": float(metrics.precision_score(bad, declined, zero_division=0)),
        "decline_recall": float(metrics.recall_score(bad, declined, zero_division=0)),
        "decline_f1": float(metrics.f1_score(bad, declined, zero_division=0)),
        "decline_accuracy": float(metrics.accuracy_score(bad, declined)),
    }


def roc_points(pd: Array, bad: Array, points: int = 101) -> list[dict[str, float]]:
    """Return the ROC curve at evenly spaced false positive rates."""
    fpr, tpr, _ = metrics.roc_curve(bad, pd)
    grid = np.linspace(0, 1, points)
    return [{"false_positive_rate": float(x), "true_positive_rate": float(np.interp(x, fpr, tpr))} for x in grid]
