"""Calibration and test data, candidate and policy to metrics, plots, and what each applicant of the test part gets."""

from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from takeback import config
from takeback.assessment.evaluation import calibration_bins, performance, roc_points
from takeback.assessment.fairness import audit, intersections
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.near_threshold import Fitted, near_threshold
from takeback.common.files import replacing, write_csv, write_json, write_parquet
from takeback.data.parts import Part, read_part
from takeback.decisions.bundle import load_scorer
from takeback.decisions.fitting import fit_decision
from takeback.decisions.policy import DECISIONS, profit
from takeback.decisions.scoring import Scorer, Scores, margins, score, thin_files
from takeback.stages import layout


def main(name: str) -> None:
    """Run the stage for one candidate: the calibration part chooses the champion, the test part is for the reader."""
    settings = config.load()
    scorer = load_scorer(settings.data, layout.candidate(name), layout.decision(name))
    fitted, part = (read_part(settings.data, layout.SPLIT[name_of_part]) for name_of_part in ("calibration", "test"))
    scores = score(scorer, part.columns)
    with replacing(layout.calibration(name)) as new:
        _write_metrics(settings, score(scorer, fitted.columns), fitted, new)
    with replacing(layout.test(name)) as new:
        _write_metrics(settings, scores, part, new)
        write_json(new / "intersections.json", intersections(settings.data, scores, part.bad, part.groups))
        write_json(new / "intervals.json", fairness_intervals(settings.data, scores, part.bad, part.groups))
        write_json(new / "near_threshold.json", _near_threshold(settings, name, scorer, fitted, part, scores))
    write_parquet(layout.scores(name), scored_applicants(settings, scores, part))


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


def _near_threshold(
    settings: config.Config, name: str, scorer: Scorer, fitted: Part, part: Part, scores: Scores
) -> dict[str, Any]:
    fitted_margin, margin = (margins(settings.data, scorer.model, each.columns) for each in (fitted, part))
    sample = Fitted(fitted_margin, fitted.bad, thin_files(settings.data, fitted.columns))
    fit = partial(fit_decision, settings, name)
    return near_threshold(fit, sample, scorer.thresholds, margin, scores, part.groups)
