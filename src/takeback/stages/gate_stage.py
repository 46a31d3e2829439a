"""Metrics to a verdict. Never fails: who releases reads the verdict."""

from takeback.assessment.criteria import unshown
from takeback.assessment.fairness import audit, decided
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate_verdict import Evidence, hidden_criteria, judge
from takeback.common import layout
from takeback.common.files import read_json, read_parquet, write_json
from takeback.config.params import load_params


def main() -> None:
    """Run the stage. Groups are judged by what lies in data/, where nothing is hidden as it is in metrics/."""
    settings, champion = load_params(), read_json(layout.CHAMPION)["champion"]
    layout.refuse_removed(settings.candidates)
    found = {name: read_json(path) for name, path in layout.evidence(champion).items()}
    shown = found["fairness"]
    scored = decided(read_parquet(layout.scores(champion)))
    found["fairness"] = audit(settings.data, *scored)
    found["intervals"] |= fairness_intervals(settings.data, *scored)
    judged = judge(settings.gate, Evidence(**found))
    write_json(layout.GATE, {**judged, "criteria": unshown(judged["criteria"], hidden_criteria(shown))})
