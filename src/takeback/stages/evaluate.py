"""Calibration and test data, candidate and policy to metrics, plots, audits, and what each test applicant gets."""

from pathlib import Path

import pyarrow as pa

from takeback import config
from takeback.assessment.evaluation import calibration_bins, performance, roc_points
from takeback.assessment.fairness import audit
from takeback.assessment.intervals import performance_intervals
from takeback.assessment.profit_surface import profit_surface
from takeback.assessment.reasons_audit import audit_reasons
from takeback.assessment.slices import worst_slices
from takeback.common.files import replacing, write_csv, write_json, write_parquet
from takeback.data.parts import Part, read_part
from takeback.decisions.bundle import load_scorer
from takeback.decisions.policy import DECISIONS, profit
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import Scores, score
from takeback.models.native import tree_contributions
from takeback.stages import layout


def main(name: str) -> None:
    """Run the stage for one candidate: the calibration part chooses the champion, the test part is for the reader."""
    settings = config.load()
    scorer = load_scorer(settings.data, layout.candidate(name), layout.decision(name))
    before, part = (read_part(settings.data, layout.SPLIT[of]) for of in ("calibration", "test"))
    scores_before, scores = score(scorer, before.columns), score(scorer, part.columns)
    with replacing(layout.calibration(name)) as new:
        _write_metrics(settings, scores_before, before, new)
        surface = profit_surface(settings.policy, scores_before, before.bad)
        write_csv(new / "profit_surface.csv", pa.Table.from_pylist(surface))
    applicants = scored_applicants(settings, scores, part)
    with replacing(layout.test(name)) as new:
        _write_metrics(settings, scores, part, new)
        write_json(new / "intervals.json", performance_intervals(applicants))
        write_json(new / "slices.json", worst_slices(settings.data, before, scores_before.pd, part, scores.pd))
        given, native = explain(scorer, part.columns, scores), tree_contributions(layout.candidate(name))
        write_json(new / "reasons.json", audit_reasons(scorer, part.columns, scores, given, native))
    write_parquet(layout.scores(name), applicants)


def scored_applicants(settings: config.Config, scores: Scores, part: Part) -> pa.Table:
    """Return one row per applicant, as a comparison of two releases needs it.

    Columns: ``id``, ``pd``, ``decision`` in words, ``bad``, ``amount``, ``profit`` per unit of exposure, and
    ``group_NAME`` for each protected attribute.
    """
    decisions = pa.DictionaryArray.from_arrays(pa.array(scores.decision), list(DECISIONS))
    earned = profit(settings.policy, scores.decision, part.bad)
    result = {"id": part.ids, "pd": scores.pd, "decision": decisions, "bad": part.bad.astype("int8")}
    result |= {"amount": part.columns[settings.data.amount], "profit": earned}
    return pa.table({**result, **{f"group_{name}": members for name, members in part.groups.items()}})


def _write_metrics(settings: config.Config, scores: Scores, part: Part, folder: Path) -> None:
    amount = part.columns[settings.data.amount]
    write_json(folder / "performance.json", performance(scores, part.bad, amount, settings.policy))
    write_json(folder / "fairness.json", audit(settings.data, scores, part.bad, part.groups))
    write_csv(folder / "roc.csv", pa.Table.from_pylist(roc_points(scores.pd, part.bad)))
    write_csv(folder / "calibration.csv", pa.Table.from_pylist(calibration_bins(scores.pd, part.bad)))
