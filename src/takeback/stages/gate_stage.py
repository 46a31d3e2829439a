"""Metrics to a business case, a verdict, and the few that DVC shows. Never fails: who releases reads the verdict."""

from takeback.assessment.business_case import Ranked, business_case
from takeback.assessment.criteria import unshown
from takeback.assessment.fairness import audit, reference_groups
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate_verdict import Evidence, hidden_criteria, judge
from takeback.assessment.group_verdicts import group_verdicts, shown_verdicts
from takeback.assessment.key_figures import key_figures
from takeback.assessment.scored import as_scored
from takeback.common import layout
from takeback.common.files import read_json, read_parquet, write_json
from takeback.config.params import load_params

PARTS = (layout.calibration_scores, layout.scores)


def main() -> None:
    """Run the stage. Groups are judged by what lies in data/, where nothing is hidden as it is in metrics/."""
    settings, champion = load_params(), read_json(layout.CHAMPION)["champion"]
    layout.refuse_removed(settings.candidates)
    everyone = {name: Ranked(*(as_scored(read_parquet(of(name))) for of in PARTS)) for name in settings.candidates}
    write_json(layout.BUSINESS, business_case(settings.policy, everyone, champion, settings.privacy.min_cell))
    everybody = reference_groups(settings.data), everyone[champion].test
    limits = settings.gate.min_group_size, settings.gate.min_approval_ratio.limit
    groups = group_verdicts(*everybody, *limits)
    audits = (read_json(layout.test(champion) / f"{name}.json") for name in ("fairness", "intersections"))
    write_json(layout.GROUPS, shown_verdicts(groups, *audits))
    shown = Evidence(**{name: read_json(path) for name, path in layout.evidence(champion).items()})
    intervals = {**shown.intervals, **fairness_intervals(*everybody)}
    whole = shown._replace(fairness=audit(*everybody), intervals=intervals, groups=groups)
    judged, secret = judge(settings.gate, whole), hidden_criteria(shown.fairness, shown.groups)
    write_json(layout.GATE, {**judged, "criteria": unshown(judged["criteria"], secret)})
    write_json(layout.SUMMARY, key_figures(champion, shown, judged["verdict"], settings.gate.min_group_size))
