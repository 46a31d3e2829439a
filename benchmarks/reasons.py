"""Reasons: what they cost beside TreeSHAP, one applicant at a time and many at once, in one run."""

from statistics import median

import numpy as np
from xgboost import Booster, DMatrix

from benchmarks.clones import seconds
from benchmarks.machine import ROOT
from benchmarks.record import Limit, Result, say
from takeback.common import layout
from takeback.config.params import load_params
from takeback.data.encoding import matrix, take
from takeback.data.expressions import Array, Columns
from takeback.decisions.bundle import load_scorer
from takeback.decisions.policy import DECISIONS, DECLINE
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import Scorer, score
from takeback.models.export import NATIVE
from takeback.preparation.parts import read_part

MODELS = ("forest", "xgboost")
SIZES = {"one declined applicant": 1, "500 declined applicants": 500}


def run(rounds: int = 7) -> Result:
    """Measure both, in turns, on declined applicants of the test part.

    Parameters
    ----------
    rounds
        How many rounds the medians are of.
    """
    settings = load_params(ROOT / "params.yaml")
    columns = read_part(settings.data, ROOT / layout.SPLIT["test"]).columns
    times = {}
    for name in MODELS:
        scorer = load_scorer(settings.data, ROOT / layout.candidate(name), ROOT / layout.decision(name))
        declined = np.flatnonzero(score(scorer, columns).decision == DECISIONS.index(DECLINE))
        for words, count in SIZES.items():
            say(f"reasons: {name}, {words}")
            rows = declined[:count]
            times[name, words] = _measure(name, scorer, take(columns, rows), rounds)
    cheaper = {key: shap / ours for key, (ours, shap) in times.items()}
    return Result(
        "Reasons",
        f"`explain` against TreeSHAP (XGBoost's `pred_contribs`, all processors), medians of {rounds} rounds in turns.",
        ["", "reasons", "TreeSHAP", "times cheaper"],
        [
            [f"{name}, {words}", _milliseconds(ours), _milliseconds(shap), f"{cheaper[name, words]:.1f}"]
            for (name, words), (ours, shap) in times.items()
        ],
        [Limit("TreeSHAP of one applicant in reasons, the forest", cheaper["forest", next(iter(SIZES))], 1, True)],
        ["Both start from checked columns; TreeSHAP gives a number for each input, reasons the words."],
        {"seconds": {f"{name}, {words}": pair for (name, words), pair in times.items()}},
    )


def _measure(name: str, scorer: Scorer, columns: Columns, rounds: int) -> tuple[float, float]:
    """Return the median seconds of reasons and of TreeSHAP."""
    scores, booster = score(scorer, columns), Booster(model_file=ROOT / layout.candidate(name) / NATIVE)
    calls = max(1, 50 // len(scores.pd))

    def ours() -> list[object]:
        return [explain(scorer, columns, scores) for _ in range(calls)]

    def theirs() -> list[Array]:
        inputs = matrix(scorer.contract, columns, scorer.model.inputs)
        return [booster.predict(DMatrix(inputs), pred_contribs=True) for _ in range(calls)]

    pairs = [(seconds(ours) / calls, seconds(theirs) / calls) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _milliseconds(value: float) -> str:
    return f"{value * 1000:.2f} ms"
