"""What a run of the pipeline gave, in a few lines."""

from collections.abc import Mapping
from typing import Any

from takeback.assessment.criteria import stopping
from takeback.common.text_tables import text_table

ROWS = (
    ("AUC", "ranking", "auc"),
    ("Brier score", "probability", "brier"),
    ("calibration error", "probability", "calibration_error_debiased"),
    ("approved", "decision", "approve_rate"),
    ("referred", "decision", "refer_rate"),
    ("declined", "decision", "decline_rate"),
    ("bad rate among approved", "decision", "bad_rate_among_approved"),
    ("profit per application", "decision", "profit_per_application"),
)


def headline(
    data_set: str, champion: str, performances: Mapping[str, Any], gate: Mapping[str, Any], scenario: str | None
) -> str:
    """Return the metrics of some candidates side by side, the champion and the gate's verdict.

    Parameters
    ----------
    data_set, champion
        Their names.
    performances
        Of each candidate, the champion first, its metrics on the test part.
    gate
        As metrics/gate.json has it.
    scenario
        What was planted, or None.
    """
    names = list(performances)
    rows = [[words, *(_number(performances[name][part][key]) for name in names)] for words, part, key in ROWS]
    planted = [f"{scenario}.", ""] if scenario else []
    table = text_table(["on the test part", *names], rows, right=len(names))
    verdict = f"Champion on {data_set}: {champion}. Gate: {gate['verdict']}."
    return "\n".join([*planted, table, "", verdict, *(f"  {line}" for line in stopping(gate["criteria"]))])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
