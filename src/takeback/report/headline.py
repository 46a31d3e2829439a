"""What the last run of the pipeline gave, in a few lines."""

from takeback.assessment.criteria import stopping
from takeback.common import layout
from takeback.common.files import read_json
from takeback.config.params import load_params
from takeback.repository.results import check_results

ROWS = (
    ("AUC", "ranking", "auc"),
    ("Brier score", "probability", "brier"),
    ("calibration error", "probability", "calibration_error"),
    ("approved", "decision", "approve_rate"),
    ("referred", "decision", "refer_rate"),
    ("declined", "decision", "decline_rate"),
    ("bad rate among approved", "decision", "bad_rate_among_approved"),
    ("profit per application", "decision", "profit_per_application"),
)


def summary() -> str:
    """Return the champion's metrics on the test part beside the rule's, the gate's verdict, and where the report is."""
    check_results(layout.METRICS)
    champion = read_json(layout.CHAMPION)["champion"]
    names = list(dict.fromkeys([champion, "rule"]))
    measured = {name: read_json(layout.test(name) / "performance.json") for name in names}
    lines = [f"{'on the test part':<26}" + "".join(f"{name:>12}" for name in names)]
    for words, group, key in ROWS:
        lines.append(f"{words:<26}" + "".join(f"{_number(measured[name][group][key]):>12}" for name in names))
    return "\n".join([*_planted(), *lines, "", *_verdict(), f"Report: {layout.REPORT} (open it in a browser)"])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _planted() -> list[str]:
    scenario = read_json(layout.SPLIT_METRICS)["scenario"]
    return [f"{scenario}.", ""] if scenario else []


def _verdict() -> list[str]:
    gate = read_json(layout.GATE)
    data = load_params().data.name
    champion = f"Champion on {data}: {read_json(layout.CHAMPION)['champion']}. Gate: {gate['verdict']}."
    return [champion, *(f"  {line}" for line in stopping(gate["criteria"]))]
