"""Metrics to a verdict, and the few of them that DVC shows. Never fails: who releases reads the verdict."""

from takeback.assessment.criteria import unshown
from takeback.assessment.fairness import audit, reference_groups
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate_verdict import Evidence, hidden_criteria, judge
from takeback.assessment.key_figures import key_figures
from takeback.assessment.scored import as_scored
from takeback.common import layout
from takeback.common.files import read_json, read_parquet, write_json
from takeback.config.params import load_params


def main() -> None:
    """Run the stage. Groups are judged by what lies in data/, where nothing is hidden as it is in metrics/."""
    settings, champion = load_params(), read_json(layout.CHAMPION)["champion"]
    layout.refuse_removed(settings.candidates)
    shown = Evidence(**{name: read_json(path) for name, path in layout.evidence(champion).items()})
    everybody = reference_groups(settings.data), as_scored(read_parquet(layout.scores(champion)))
    intervals = shown.intervals | fairness_intervals(*everybody)
    judged = judge(settings.gate, shown._replace(fairness=audit(*everybody), intervals=intervals))
    write_json(layout.GATE, {**judged, "criteria": unshown(judged["criteria"], hidden_criteria(shown.fairness))})
    write_json(layout.SUMMARY, key_figures(champion, shown, judged["verdict"], settings.gate.min_group_size))
