"""Intervals of fairness: what 5,000 resamples of the test part cost here, row by row, and in fairlearn."""

from collections.abc import Callable
from statistics import median

import numpy as np
from fairlearn.metrics import MetricFrame

from benchmarks.clones import seconds
from benchmarks.machine import ROOT
from benchmarks.record import Limit, Result, say
from takeback.assessment.fairness import audit
from takeback.assessment.fairness_intervals import REPLICATES, fairness_intervals
from takeback.common import layout
from takeback.config.params import load_params
from takeback.data.contract import Contract
from takeback.data.expressions import Array
from takeback.decisions.bundle import load_scorer
from takeback.decisions.scoring import Scores, score
from takeback.preparation.parts import Part, read_part

OURS, ROWS, FAIRLEARN = "takeback", "takeback's audit of resampled rows", "fairlearn's MetricFrame"


def run(candidate: str = "xgboost", rounds: int = 3, scaled: int = 50) -> Result:
    """Measure the intervals of one candidate on the test part, in one process, every task once a round.

    Parameters
    ----------
    candidate
        Whose decisions.
    rounds
        How many rounds the medians are of.
    scaled
        How many replicates the slow tasks make in a round; their times are scaled up from these.
    """
    contract = load_params(ROOT / "params.yaml").data
    part = read_part(contract, ROOT / layout.SPLIT["test"])
    scorer = load_scorer(contract, ROOT / layout.candidate(candidate), ROOT / layout.decision(candidate))
    scores = score(scorer, part.columns)
    tasks: dict[str, tuple[int, Callable[[], object]]] = {
        OURS: (REPLICATES, lambda: fairness_intervals(contract, scores, part.bad, part.groups)),
        ROWS: (scaled, lambda: _row_by_row(contract, scores, part, scaled)),
        FAIRLEARN: (scaled, lambda: _by_fairlearn(scores, part, scaled)),
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds):
        say(f"fairness: round {number + 1} of {rounds}")
        for name, (_, task) in tasks.items():
            times[name].append(seconds(task))
    took = {name: median(times[name]) for name in tasks}
    whole = {name: took[name] * REPLICATES / count for name, (count, _) in tasks.items()}
    return Result(
        "Intervals of fairness",
        f"Every measure of every group on the test part: {len(part.bad)} applicants, {len(part.groups)} protected "
        f"attributes, decisions of {candidate}. Medians of {rounds} interleaved rounds in one process.",
        ["", "replicates timed", "seconds", f"seconds for {REPLICATES:,}"],
        [[name, f"{count:,}", f"{took[name]:.2f}", f"{whole[name]:,.2f}"] for name, (count, _) in tasks.items()],
        [
            Limit(f"{REPLICATES:,} replicates, seconds", took[OURS], 1.5, False),
            Limit("times faster than fairlearn", whole[FAIRLEARN] / took[OURS], 50, True),
        ],
        [
            f"The slow ones were timed on {scaled} replicates a round and scaled up: their time grows with the number.",
            "fairlearn was asked for the rates and means of each group, one frame for each attribute, with metrics "
            "that are plain means. It has no ratio to a declared group and no standardised difference.",
        ],
        {"seconds": times, "replicates": {name: count for name, (count, _) in tasks.items()}},
    )


def _row_by_row(contract: Contract, scores: Scores, part: Part, replicates: int) -> None:
    random, n = np.random.default_rng(0), len(part.bad)
    for _ in range(replicates):
        rows = random.integers(n, size=n)
        drawn = Scores(*(column[rows] for column in scores))
        audit(contract, drawn, part.bad[rows], {name: members[rows] for name, members in part.groups.items()})


def _by_fairlearn(scores: Scores, part: Part, replicates: int) -> None:
    for members in part.groups.values():
        MetricFrame(
            metrics=METRICS,
            y_true=part.bad,
            y_pred=scores.decision,
            sensitive_features=members,
            sample_params={"mean_pd": {"pd": scores.pd}, "calibration_gap": {"pd": scores.pd}},
            n_boot=replicates,
            ci_quantiles=[0.025, 0.975],
            random_state=0,
        )


def _share(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


METRICS = {
    "approval_rate": lambda bad, decision: _share(decision == 0),
    "approval_rate_of_good": lambda bad, decision: _share(decision[bad == 0] == 0),
    "approval_rate_of_bad": lambda bad, decision: _share(decision[bad == 1] == 0),
    "referral_rate": lambda bad, decision: _share(decision == 1),
    "decline_rate": lambda bad, decision: _share(decision == 2),
    "bad_rate": lambda bad, decision: _share(bad),
    "mean_pd": lambda bad, decision, pd: _share(pd),
    "calibration_gap": lambda bad, decision, pd: _share(pd) - _share(bad),
}
