"""The few numbers that say how a release does: what DVC shows beside each commit and experiment."""

from typing import Any

from takeback.assessment.criteria import PASS
from takeback.assessment.gate_verdict import Evidence

DIGITS = 4


def key_figures(champion: str, found: Evidence, verdict: str, least: int) -> dict[str, str | float | None]:
    """Return one line of what matters of a release. The names are short: DVC gives each of them a column.

    Parameters
    ----------
    champion
        The champion's name.
    found
        What it showed on the test part, as everybody may see it: what is hidden for privacy stays None here.
    verdict
        Of the gate.
    least
        How many people a group needs for its approval ratio to count, as in the gate.

    Returns
    -------
    dict
        ``champion``; ``auc``, ``brier`` and ``ece`` (debiased calibration error); ``profit`` per application and unit
        of exposure; the shares that the model would ``approve`` and ``refer``; the ``bad_rate`` among those approved;
        ``air``, the smallest adverse impact ratio: of a group's approval rate to that of its reference group; ``gate``,
        1 if it passes and 0 if not. Numbers have four significant digits.
    """
    ranking, probability, decision = (found.performance[part] for part in ("ranking", "probability", "decision"))
    figures = {
        "auc": ranking["auc"],
        "brier": probability["brier"],
        "ece": probability["calibration_error_debiased"],
        "profit": decision["profit_per_application"],
        "approve": decision["approve_rate"],
        "refer": decision["refer_rate"],
        "bad_rate": decision["bad_rate_among_approved"],
        "air": min(_ratios(found.fairness, least), default=None),
    }
    short = {name: None if value is None else float(f"{value:.{DIGITS}g}") for name, value in figures.items()}
    return {"champion": champion, **short, "gate": int(verdict == PASS)}


def _ratios(fairness: dict[str, Any], least: int) -> list[float]:
    """Return the approval ratios that are shown of groups of at least ``least`` people, reference groups left out."""
    return [
        row["approval_ratio"]
        for audit in fairness.values()
        for group, row in audit["groups"].items()
        if group != audit["reference"] and row["approval_ratio"] is not None and row["count"] >= least
    ]
