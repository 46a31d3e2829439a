"""Calibration and test data, candidate and policy to metrics, plots, audits, and what each test applicant gets."""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from takeback.assessment.bootstrap import performance_intervals
from takeback.assessment.fairness import audit, intersections, reference_groups
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.near_threshold import Fitted, near_threshold
from takeback.assessment.performance import calibration_bins, hidden_metrics, performance, roc_points
from takeback.assessment.profit_surface import profit_surface
from takeback.assessment.reasons_audit import audit_reasons
from takeback.assessment.scored import scored_table
from takeback.assessment.slices import worst_slices
from takeback.common import layout
from takeback.common.files import replacing, write_json
from takeback.config.params import Config, load_params
from takeback.decisions.bundle import load_scorer
from takeback.decisions.calibration_fits import AUTO, choose_method
from takeback.decisions.fitting import fit_decision
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import Scorer, Scores, margins, score, thin_files
from takeback.preparation.parts import Part, read_part, write_csv_frame, write_frame


class Scored(NamedTuple):
    """A part of the split, what a candidate gives its applicants, and both as one table."""

    part: Part
    scores: Scores
    table: pd.DataFrame


def main(name: str) -> None:
    """Run the stage for one candidate: the calibration part chooses the champion, the test part is for the reader."""
    settings = load_params()
    scorer = load_scorer(settings.data, layout.candidate(name), layout.decision(name))
    parts = [read_part(settings.data, layout.SPLIT[of]) for of in ("calibration", "test")]
    fitted, test = (_scored(settings, scorer, part) for part in parts)
    margin = margins(settings.data, scorer.model, fitted.part.columns)
    tried = choose_method(margin, fitted.part.bad.to_numpy(dtype=float))
    if settings.calibration.method != AUTO:
        tried["method"] = settings.calibration.method
    with replacing(layout.calibration(name)) as new:
        _write_metrics(settings, fitted.table, new)
        write_json(new / "methods.json", tried)
        write_csv_frame(
            new / "profit_surface.csv", profit_surface(settings.policy, fitted.table, settings.privacy.min_cell)
        )
    with replacing(layout.test(name)) as new:
        _write_metrics(settings, test.table, new)
        for file, content in _audits(settings, name, scorer, fitted, test).items():
            write_json(new / f"{file}.json", content)
    write_frame(layout.calibration_scores(name), fitted.table)
    write_frame(layout.scores(name), test.table)


def _scored(settings: Config, scorer: Scorer, part: Part) -> Scored:
    scores, amount = score(scorer, part.columns), part.columns[settings.data.amount]
    table = scored_table(scores, part.bad.astype("int8"), part.groups, part.ids, amount, settings.policy)
    return Scored(part, scores, table)


def _write_metrics(settings: Config, scored: pd.DataFrame, folder: Path) -> None:
    least = settings.privacy.min_cell
    write_json(folder / "performance.json", performance(scored, least))
    write_json(folder / "fairness.json", audit(reference_groups(settings.data), scored, least))
    write_csv_frame(folder / "roc.csv", roc_points(scored, least))
    write_csv_frame(folder / "calibration.csv", calibration_bins(scored, least))


def _audits(settings: Config, name: str, scorer: Scorer, fitted: Scored, test: Scored) -> dict[str, Any]:
    contract, (part, scores, table), least = settings.data, test, settings.privacy.min_cell
    everybody = reference_groups(contract), table
    columns = {column: values.to_numpy() for column, values in part.columns.items()}
    given = explain(scorer, columns, scores)
    return {
        "intervals": {
            **performance_intervals(table),
            **dict.fromkeys(hidden_metrics(table, least)),
            **fairness_intervals(*everybody, least=least),
        },
        "intersections": intersections(*everybody, least),
        "near_threshold": _near_threshold(settings, name, scorer, fitted.part, test),
        "slices": worst_slices(contract, fitted.part, fitted.scores.pd, part, scores.pd, least),
        "reasons": audit_reasons(scorer, columns, scores, given, least),
    }


def _near_threshold(settings: Config, name: str, scorer: Scorer, fitted: Part, test: Scored) -> dict[str, Any]:
    contract, least = settings.data, settings.privacy.min_cell
    fitted_margin, margin = (margins(contract, scorer.model, each.columns) for each in (fitted, test.part))
    sample = Fitted(fitted_margin, fitted.bad.to_numpy(), thin_files(contract, fitted.columns))
    fit = partial(fit_decision, settings, name)
    return near_threshold(fit, sample, scorer.thresholds, margin, test.table, least)
