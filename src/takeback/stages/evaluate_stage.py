"""Calibration and test data, candidate and policy to metrics, plots, audits, and what each test applicant gets."""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from takeback.assessment.bootstrap import performance_intervals
from takeback.assessment.fairness import audit, intersections
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.near_threshold import Fitted, near_threshold
from takeback.assessment.performance import calibration_bins, hidden_metrics, performance, roc_points
from takeback.assessment.profit_surface import profit_surface
from takeback.assessment.reasons_audit import audit_reasons
from takeback.assessment.slices import worst_slices
from takeback.common import layout
from takeback.common.files import replacing, write_csv, write_json, write_parquet
from takeback.config.params import Config, load_params
from takeback.decisions.bundle import load_scorer
from takeback.decisions.fitting import fit_decision
from takeback.decisions.policy import DECISIONS, profit
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import Scorer, Scores, margins, score, thin_files
from takeback.models.export import tree_contributions
from takeback.preparation.parts import Part, read_part

CALIBRATION_COLUMNS = pa.schema({"count": pa.int64(), "mean_pd": pa.float64(), "bad_rate": pa.float64()})


class Scored(NamedTuple):
    """A part of the split and what a candidate gives its applicants."""

    part: Part
    scores: Scores


def main(name: str) -> None:
    """Run the stage for one candidate: the calibration part chooses the champion, the test part is for the reader."""
    settings = load_params()
    scorer = load_scorer(settings.data, layout.candidate(name), layout.decision(name))
    parts = [read_part(settings.data, layout.SPLIT[of]) for of in ("calibration", "test")]
    fitted, test = (Scored(part, score(scorer, part.columns)) for part in parts)
    with replacing(layout.calibration(name)) as new:
        _write_metrics(settings, fitted, new)
        surface = profit_surface(settings.policy, fitted.scores, fitted.part.bad, settings.privacy.min_cell)
        write_csv(new / "profit_surface.csv", pa.Table.from_pylist(surface))
    with replacing(layout.test(name)) as new:
        _write_metrics(settings, test, new)
        for file, content in _audits(settings, name, scorer, fitted, test).items():
            write_json(new / f"{file}.json", content)
    write_parquet(layout.scores(name), scored_applicants(settings, test.scores, test.part))


def scored_applicants(settings: Config, scores: Scores, part: Part) -> pa.Table:
    """Return one row per applicant, as a comparison of two releases needs it.

    Columns: ``id``, ``pd``, ``decision`` in words, ``bad``, ``amount``, ``profit`` per unit of exposure, and
    ``group_NAME`` for each protected attribute.
    """
    decisions = pa.DictionaryArray.from_arrays(pa.array(scores.decision), list(DECISIONS))
    earned = profit(settings.policy, scores.decision, part.bad)
    result = {"id": part.ids, "pd": scores.pd, "decision": decisions, "bad": part.bad.astype("int8")}
    result |= {"amount": part.columns[settings.data.amount], "profit": earned}
    return pa.table({**result, **{f"group_{name}": members for name, members in part.groups.items()}})


def _write_metrics(settings: Config, scored: Scored, folder: Path) -> None:
    part, scores = scored
    amount, least = part.columns[settings.data.amount], settings.privacy.min_cell
    write_json(folder / "performance.json", performance(scores, part.bad, amount, settings.policy, least))
    write_json(folder / "fairness.json", audit(settings.data, scores, part.bad, part.groups, least))
    write_csv(folder / "roc.csv", pa.Table.from_pylist(roc_points(scores.pd, part.bad, least)))
    bins = calibration_bins(scores.pd, part.bad, least)
    write_csv(folder / "calibration.csv", pa.Table.from_pylist(bins, CALIBRATION_COLUMNS))


def _audits(settings: Config, name: str, scorer: Scorer, fitted: Scored, test: Scored) -> dict[str, Any]:
    contract, (part, scores), least = settings.data, test, settings.privacy.min_cell
    decided = (contract, scores, part.bad, part.groups)
    given, native = explain(scorer, part.columns, scores), tree_contributions(layout.candidate(name))
    return {
        "intervals": {
            **performance_intervals(scored_applicants(settings, scores, part)),
            **dict.fromkeys(hidden_metrics(scores.decision, part.bad, least)),
            **fairness_intervals(*decided, least=least),
        },
        "intersections": intersections(*decided, least),
        "near_threshold": _near_threshold(settings, name, scorer, fitted.part, test),
        "slices": worst_slices(contract, fitted.part, fitted.scores.pd, part, scores.pd, least),
        "reasons": audit_reasons(scorer, part.columns, scores, given, native, least),
    }


def _near_threshold(settings: Config, name: str, scorer: Scorer, fitted: Part, test: Scored) -> dict[str, Any]:
    contract, part = settings.data, test.part
    fitted_margin, margin = (margins(contract, scorer.model, each.columns) for each in (fitted, part))
    sample = Fitted(fitted_margin, fitted.bad, thin_files(contract, fitted.columns))
    fit = partial(fit_decision, settings, name)
    return near_threshold(fit, sample, scorer.thresholds, margin, test.scores, part.groups, settings.privacy.min_cell)
