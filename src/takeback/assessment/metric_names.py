"""One dotted name for each metric, and the one that a person means."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from takeback.common.errors import UserError

SYNONYMS = {
    "accuracy": "decline_accuracy",
    "precision": "decline_precision",
    "recall": "decline_recall",
    "f1": "decline_f1",
    "profit": "profit_per_application",
    "pr_auc": "average_precision",
    "logloss": "log_loss",
    "ece": "calibration_error_debiased",
    "approval_rate": "approve_rate",
    "refer": "refer_rate",
    "decline": "decline_rate",
    "adverse_impact_ratio": "approval_ratio",
    "air": "approval_ratio",
    "disparate_impact": "approval_ratio",
    "equal_opportunity": "approval_ratio_of_good",
    "equal_opportunity_gap": "approval_rate_of_good_gap",
    "smd": "pd_difference",
    "standardised_mean_difference": "pd_difference",
    "standardized_mean_difference": "pd_difference",
    "gap": "approval_rate_gap",
}
MOST_LISTED = 12
# Of which a larger number is better, and of which a smaller one; of all others neither, or it depends on the rest.
HIGHER = {"auc", "gini", "ks", "average_precision", "h_measure", "emp", "brier_resolution", "profit_per_application"}
HIGHER |= {"profit_per_amount", "decline_accuracy", "decline_f1", "decline_precision", "decline_recall"}
LOWER = {"brier", "brier_reliability", "log_loss", "calibration_error", "calibration_error_debiased"}
LOWER |= {"bad_rate_among_approved"}


def better(name: str) -> int:
    """Return 1 if a larger number of a metric is better, -1 if a smaller one is, and 0 if neither."""
    last = name.rpartition(".")[2]
    return 1 if last in HIGHER else -1 if last in LOWER or last.endswith("_gap") else 0


def flat_metrics(performance: dict[str, Any], fairness: dict[str, Any]) -> dict[str, float | None]:
    """Return all metrics of a candidate by dotted name.

    Parameters
    ----------
    performance, fairness
        As `takeback.assessment.performance.performance` and `takeback.assessment.fairness.audit` give them.

    Returns
    -------
    dict
        Such as ``ranking.auc``, ``education.high_school.approval_ratio`` and ``education.approval_rate_gap``.
    """
    overall = {f"{part}.{name}": value for part, values in performance.items() for name, value in values.items()}
    return {**overall, **dict(_by_group(fairness))}


def find_metric(names: Iterable[str], words: str) -> str:
    """Return the one metric that a person means, by the words between its dots in any order.

    A measure of everybody comes before the same of a group: ``bad_rate`` is ``probability.bad_rate``.

    Raises
    ------
    UserError
        If no metric, or more than one, has these words; with the names that may be meant.
    """
    known, asked = sorted(names), _words(words)
    if words in known:
        return words
    matches = [name for name in known if asked and all(_said(word, _words(name)) for word in asked)]
    fewest = min((len(_words(name)) for name in matches), default=0)
    shortest = [name for name in matches if len(_words(name)) == fewest]
    if len(shortest) == 1:
        return shortest[0]
    if matches:
        raise UserError(f"{words}: may be {_listed(matches)}. Add words, such as {matches[0]}.")
    near = [name for name in known for word in asked if get_close_matches(word, _words(name), n=1)]
    raise UserError(f"{words}: there is no such metric. Known: {_listed([*dict.fromkeys(near or known)])}.")


def _by_group(fairness: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    for attribute, audit in fairness.items():
        for group, row in audit["groups"].items():
            yield from ((f"{attribute}.{group}.{name}", value) for name, value in row.items())
        yield from ((f"{attribute}.{name}_gap", value) for name, value in audit["gaps"].items())


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[.\s]+", text.lower().replace("-", "_")) if word]


def _said(word: str, words: list[str]) -> bool:
    return word in words or SYNONYMS.get(word) in words


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more
