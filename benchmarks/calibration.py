"""How often the gate is wrong about PDs whose truth is known, and how often intervals hold the true number."""

from functools import partial
from multiprocessing import Pool

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from benchmarks.data import shipped
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.assessment.bootstrap import interval, replicate_weights
from takeback.assessment.criteria import FAIL, near_one
from takeback.assessment.fairness import audit
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate_verdict import judge_fairness
from takeback.assessment.metrics import METRICS, replicates
from takeback.assessment.scored import scored_table
from takeback.config.params import Gate
from takeback.data.expressions import Array
from takeback.decisions.scoring import Scores

SIZES = (200, 600, 1000, 6000, 20000)
GROUPS = (100, 300, 1000, 6000)
# What is not as the PDs say: the odds of default, and the slope.
WRONG = {"odds 1.3": (np.log(1.3), 1.0), "odds 1/1.3": (-np.log(1.3), 1.0), "slope 0.7": (0.0, 0.7)}
RIGHT = (0.0, 1.0)
JUDGED = {
    "near_calibration_odds": "probability.calibration_odds",
    "near_calibration_slope": "probability.calibration_slope",
}
COVERED = ("ranking.auc", "ranking.h_measure", "ranking.emp", *JUDGED.values())
MOST_FALSE, LEAST_TRUE, LEAST_COVERED = 0.05, 0.95, 0.90
AUC_SHIFT, BAD_RATE = 1.06, 0.22  # scores of bad payers are that many standard deviations higher: AUC 0.77


def prove(seeds: int = 100) -> list[Proof]:
    """Measure the share of right PDs that are blocked, of wrong ones that are, and what intervals hold."""
    gate = shipped().gate
    with Pool(2) as pool:
        say("calibration: right PDs")
        right = {n: pool.map(partial(_whole, gate, n, RIGHT), range(seeds)) for n in SIZES}
        say("calibration: wrong PDs")
        wrong = {name: pool.map(partial(_whole, gate, 6000, of), range(seeds)) for name, of in WRONG.items()}
        say("calibration: groups")
        in_groups = {
            name: pool.map(partial(_by_group, gate, of), range(seeds))
            for name, of in {"right": RIGHT, **WRONG}.items()
            if of[1] == 1
        }
        say("calibration: intervals")
        truth = _metrics(_drawn(2_000_000, RIGHT, 10**6))
        held = {n: np.mean(pool.map(partial(_held, n, truth), range(seeds)), axis=0) for n in SIZES[1:4]}
    return [_blocked(right), _caught(wrong), *_of_groups(in_groups), _covered(held)]


def _drawn(n: int, truth: tuple[float, float], seed: int) -> pd.DataFrame:
    """Return PDs that are right but for a shift and a slope of their log odds, beside the outcomes."""
    random = np.random.default_rng(seed)
    bad = (random.random(n) < BAD_RATE).astype(float)
    log_odds = logit(BAD_RATE) + AUC_SHIFT * random.normal(AUC_SHIFT * bad, 1) - AUC_SHIFT**2 / 2
    shift, slope = truth
    return pd.DataFrame({"pd": expit((log_odds - shift) / slope), "bad": bad, "id": np.arange(n) + seed * n})


def _metrics(scored: pd.DataFrame) -> list[float]:
    return [METRICS[name].value(scored, None) for name in COVERED]


def _intervals(scored: pd.DataFrame) -> list[tuple[float, float] | None]:
    found = replicates(scored, replicate_weights(scored["id"].to_numpy(), 500), COVERED)
    around = {name: METRICS[name].value(scored, None) for name in COVERED if METRICS[name].grows}
    return [interval(found[name], around.get(name)) for name in COVERED]


def _whole(gate: Gate, n: int, truth: tuple[float, float], seed: int) -> bool:
    """Say whether a data set is blocked."""
    scored = _drawn(n, truth, seed)
    found = replicates(scored, replicate_weights(scored["id"].to_numpy(), 500), JUDGED.values())
    judged = (
        near_one(getattr(gate, key), METRICS[name].value(scored, None), interval(found[name]))
        for key, name in JUDGED.items()
    )
    return any(criterion["result"] == FAIL for criterion in judged)


def _by_group(gate: Gate, truth: tuple[float, float], seed: int) -> list[bool]:
    """Say which of `GROUPS` are blocked for their calibration."""
    drawn = _drawn(sum(GROUPS), truth, seed)
    scores = Scores(drawn["pd"].to_numpy(), np.zeros(len(drawn), bool), np.zeros(len(drawn), np.int8))
    members = {"size": np.repeat([*map(str, GROUPS)], GROUPS)}
    everybody = {"size": str(GROUPS[-1])}, scored_table(scores, drawn["bad"].to_numpy(), members)
    judged = judge_fairness(gate, audit(*everybody), fairness_intervals(*everybody, replicates=2000))
    return [judged[f"near_group_calibration_odds.size.{size}"]["result"] == FAIL for size in GROUPS]


def _held(n: int, truth: list[float], seed: int) -> list[bool]:
    """Say of which of `COVERED` the interval holds the true value."""
    found = zip(_intervals(_drawn(n, RIGHT, seed)), truth, strict=True)
    return [limits is not None and limits[0] <= value <= limits[1] for limits, value in found]


def _blocked(right: dict[int, list[bool]]) -> Proof:
    shares = {n: np.mean(blocked) for n, blocked in right.items()}
    claim = f"are blocked in at most {MOST_FALSE:.0%} of {len(right[SIZES[0]])} seeds, of 200 to 20,000 applicants"
    seen = "; ".join(f"{n:,}: {share:.1%}" for n, share in shares.items())
    return Proof("right PDs", claim, seen, bool(max(shares.values()) <= MOST_FALSE))


def _caught(wrong: dict[str, list[bool]]) -> Proof:
    shares = {name: np.mean(blocked) for name, blocked in wrong.items()}
    claim = f"of 6,000 applicants are blocked in at least {LEAST_TRUE:.0%} of {len(wrong['slope 0.7'])} seeds"
    seen = "; ".join(f"{name}: {share:.1%}" for name, share in shares.items())
    return Proof("wrong PDs", claim, seen, bool(min(shares.values()) >= LEAST_TRUE))


def _of_groups(found: dict[str, list[list[bool]]]) -> list[Proof]:
    any_of_them = np.mean([any(blocked) for blocked in found["right"]])
    by_size = {name: np.mean(blocked, axis=0) for name, blocked in found.items()}
    seen = {
        name: ", ".join(f"{size:,}: {share:.1%}" for size, share in zip(GROUPS, shares, strict=True))
        for name, shares in by_size.items()
    }
    least = min(shares[-1] for name, shares in by_size.items() if name != "right")
    wrong = "; ".join(f"{name}: {seen[name]}" for name in seen if name != "right")
    return [
        Proof(
            "right PDs of groups",
            f"one of four groups of {', '.join(map(str, GROUPS))} is blocked in at most {MOST_FALSE:.0%} of data sets",
            f"{any_of_them:.1%} ({seen['right']})",
            bool(any_of_them <= MOST_FALSE),
        ),
        Proof(
            "wrong PDs of groups",
            f"a group of 6,000 is blocked in at least {LEAST_TRUE:.0%} of data sets",
            wrong,
            bool(least >= LEAST_TRUE),
        ),
    ]


def _covered(held: dict[int, Array]) -> Proof:
    seen = "; ".join(
        f"{n:,}: " + ", ".join(f"{name.split('.')[1]} {share:.2f}" for name, share in zip(COVERED, of, strict=True))
        for n, of in held.items()
    )
    claim = f"95% intervals hold the true number in at least {LEAST_COVERED:.0%} of data sets"
    return Proof("intervals", claim, seen, bool(min(of.min() for of in held.values()) >= LEAST_COVERED))
