"""Fairness: what an audit of the test part and 5,000 resamples of it cost here, row by row, and in fairlearn."""

from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame

from benchmarks.clones import seconds
from benchmarks.machine import ROOT
from benchmarks.record import Limit, Result, say
from takeback.assessment.fairness import audit, cells_of_groups, group_rates, reference_groups
from takeback.assessment.fairness_intervals import REPLICATES, fairness_intervals
from takeback.assessment.fairness_measures import RATES
from takeback.assessment.scored import GROUP, as_scored, attributes
from takeback.common import layout
from takeback.common.files import read_parquet
from takeback.config.params import load_params
from takeback.data.expressions import Array

OURS, ROWS, FAIRLEARN = "takeback", "takeback's audit of resampled rows", "fairlearn's MetricFrame"
POINTS, FAIRLEARN_POINTS = "takeback's audit, no interval", "fairlearn's MetricFrame of every applicant, no interval"


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
    reference = reference_groups(load_params(ROOT / "params.yaml").data)
    scored = as_scored(read_parquet(ROOT / layout.scores(candidate)))
    tasks: dict[str, tuple[int, Callable[[], object]]] = {
        OURS: (REPLICATES, lambda: fairness_intervals(reference, scored)),
        ROWS: (scaled, lambda: _row_by_row(reference, scored, scaled)),
        FAIRLEARN: (scaled, lambda: _by_fairlearn(scored, scaled)),
        POINTS: (1, lambda: audit(reference, scored)),
        FAIRLEARN_POINTS: (1, lambda: _by_fairlearn(scored)),
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
        f"Every measure of every group on the test part: {len(scored)} applicants, {len(attributes(scored))} protected "
        f"attributes, decisions of {candidate}. Medians of {rounds} interleaved rounds in one process.",
        ["", "replicates timed", "seconds", f"seconds for {REPLICATES:,}"],
        [
            [name, f"{count:,}", f"{took[name]:.2f}", f"{whole[name]:,.2f}" if count > 1 else ""]
            for name, (count, _) in tasks.items()
        ],
        [
            Limit(f"{REPLICATES:,} replicates, seconds", took[OURS], 1.5, False),
            Limit("times faster than fairlearn", whole[FAIRLEARN] / took[OURS], 50, True),
            Limit("largest difference of a point estimate", _difference(scored), 1e-12, False),
        ],
        [
            f"The slow ones were timed on {scaled} replicates a round and scaled up: their time grows with the number.",
            "fairlearn was asked for the rates and means of each group, one frame for each attribute, with metrics "
            "that are plain means. It has no ratio to a declared group and no standardised difference.",
        ],
        {"seconds": times, "replicates": {name: count for name, (count, _) in tasks.items()}},
    )


def _row_by_row(reference: dict[str, str], scored: pd.DataFrame, replicates: int) -> None:
    random, n = np.random.default_rng(0), len(scored)
    for _ in range(replicates):
        audit(reference, scored.iloc[random.integers(n, size=n)])


def _by_fairlearn(scored: pd.DataFrame, replicates: int | None = None) -> dict[str, pd.DataFrame]:
    """Ask fairlearn for the rates of each group, an applicant a row."""
    resampled = {"n_boot": replicates, "ci_quantiles": [0.025, 0.975], "random_state": 0} if replicates else {}
    frames = {}
    for attribute in attributes(scored):
        frame = MetricFrame(
            metrics=METRICS,
            y_true=scored["bad"],
            y_pred=scored["decision"].astype(str),
            sensitive_features=scored[f"{GROUP}{attribute}"],
            sample_params={"mean_pd": {"pd": scored["pd"]}},
            **resampled,
        )
        frames[attribute] = frame.by_group
    return frames


def _difference(scored: pd.DataFrame) -> float:
    """Return how far a rate is at most from that which fairlearn computes from every applicant."""
    theirs = _by_fairlearn(scored)
    ours = {name: group_rates(cells_of_groups(scored, [name]), [name]) for name in theirs}
    return max(float((ours[name] - theirs[name][list(RATES)]).abs().max(axis=None)) for name in theirs)


def _share(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


METRICS = {
    "approval_rate": lambda bad, decision: _share(decision == "approve"),
    "approval_rate_of_good": lambda bad, decision: _share(decision[bad == 0] == "approve"),
    "approval_rate_of_bad": lambda bad, decision: _share(decision[bad == 1] == "approve"),
    "referral_rate": lambda bad, decision: _share(decision == "refer"),
    "decline_rate": lambda bad, decision: _share(decision == "decline"),
    "bad_rate": lambda bad, decision: _share(bad),
    "mean_pd": lambda bad, decision, pd: _share(pd),
}
