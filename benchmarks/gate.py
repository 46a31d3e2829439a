"""How often the gate is wrong: on simulated decisions whose truth is known, and on whole runs with planted labels."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.data import shipped
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.assessment.criteria import FAIL
from takeback.assessment.fairness import audit, reference_groups
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate_verdict import judge_fairness
from takeback.assessment.scored import scored_table
from takeback.common import layout
from takeback.common.files import read_json
from takeback.config.params import Config, Scenario
from takeback.data.expressions import Array
from takeback.data.ingestion import ingest
from takeback.data.tables import read_table
from takeback.decisions.scoring import Scores, score
from takeback.extras.alternatives.evaluation import calibrated, fitted
from takeback.preparation.parts import frame_of, part_of
from takeback.preparation.scenario import plant
from takeback.preparation.splitting import split

RATES = (0.3, 0.5, 0.7)  # at which the reference group is approved
SIZES = (100, 300, 1000)
BAD_RATE = 0.22
MOST_FALSE, LEAST_TRUE = 0.05, 0.95
ATTRIBUTE, GROUP = "age", "under_25"
KEY = f"min_approval_ratio.{ATTRIBUTE}.{GROUP}"
SHARE = 0.8  # of the group's good payers whose training labels turn bad


def prove(simulations: int = 400, splits: int = 30) -> list[Proof]:
    """Measure both error rates."""
    settings = shipped()
    return [*_simulated(settings, simulations), *_planted(settings, splits)]


def _simulated(settings: Config, simulations: int) -> list[Proof]:
    found = {
        (rate, size, ratio): _failures(settings, simulations, rate, size, ratio)
        for rate in RATES
        for size in SIZES
        for ratio in (1.0, 0.7)
    }

    def seen(ratio: float) -> str:
        shares = {key: share for key, share in found.items() if key[2] == ratio}
        return "; ".join(f"{rate:.0%} approved, {size} members: {s:.1%}" for (rate, size, _), s in shares.items())

    false = max(share for (_rate, _size, ratio), share in found.items() if ratio == 1)
    true = min(share for (_rate, size, ratio), share in found.items() if ratio < 1 and size == 1000)
    return [
        Proof(
            "parity",
            f"equal approval fails in at most {MOST_FALSE:.0%} of {simulations} seeds",
            seen(1.0),
            false <= MOST_FALSE,
        ),
        Proof(
            "ratio of 0.70",
            f"groups of 1,000 fail in at least {LEAST_TRUE:.0%} of {simulations} seeds",
            seen(0.7),
            true >= LEAST_TRUE,
        ),
    ]


def _failures(settings: Config, simulations: int, rate: float, size: int, ratio: float) -> float:
    """Return in which share of seeds the approval ratio of one group to another of its size fails."""
    say(f"gate: {rate:.0%} approved, {size} members, ratio {ratio}")
    members = np.repeat(["female", "male"], size)
    chance = np.repeat([rate, rate * ratio], size)
    results = []
    for seed in tqdm(range(simulations), unit="seed", delay=2, leave=False):
        random = np.random.default_rng(seed)
        bad = (random.random(2 * size) < BAD_RATE).astype(float)
        decision = np.where(random.random(2 * size) < chance, 0, 2).astype(np.int8)
        scores = Scores(np.full(2 * size, BAD_RATE), np.zeros(2 * size, bool), decision)
        criteria = _judged(settings, scores, bad, {"sex": members})
        results.append(criteria["min_approval_ratio.sex.male"]["result"] == FAIL)
    return float(np.mean(results))


def _judged(settings: Config, scores: Scores, bad: Array, groups: dict[str, Array]) -> dict[str, Any]:
    everybody = reference_groups(settings.data), scored_table(scores, bad, groups)
    return judge_fairness(settings.gate, audit(*everybody), fairness_intervals(*everybody))


def _planted(settings: Config, splits: int) -> list[Proof]:
    """Run the champion's whole way on many splits: as shipped, and where bias is planted and nothing undoes it."""
    champion = read_json(ROOT / layout.CHAMPION)["champion"]
    table = frame_of(ingest(settings.data, read_table(ROOT / settings.data.source)).applications)
    plain = settings.model_copy(update={"training": settings.training.model_copy(update={"reweigh": ()})})
    variants = {"shipped": (settings, 0.0), "planted": (plain, SHARE), "planted, reweighed": (settings, SHARE)}
    outcomes: dict[str, list[dict[str, Any]]] = {name: [] for name in variants}
    say(f"gate: {champion} on {splits} splits, with true and with planted labels")
    for number in tqdm(range(splits), unit="split", delay=2):
        for name, (variant, share) in variants.items():
            outcomes[name].append(_run(variant, champion, table, f"salt {number}", share))
    return [_quiet(outcomes["shipped"], champion), _caught(outcomes)]


def _quiet(runs: list[dict[str, Any]], champion: str) -> Proof:
    failed = Counter(name for criteria in runs for name, c in criteria.items() if c["result"] == FAIL)
    share = np.mean([not any(c["result"] == FAIL for c in criteria.values()) for criteria in runs])
    which = "".join(f"; {name} fails {count} times" for name, count in failed.most_common(3))
    seen = f"{share:.0%} of {len(runs)} splits; ratio {_ratio(runs)}{which}"
    claim = f"with true labels the shipped {champion} fails no fairness criterion in {LEAST_TRUE:.0%} of other splits"
    return Proof("nothing planted", claim, seen, bool(share >= LEAST_TRUE))


def _caught(outcomes: dict[str, list[dict[str, Any]]]) -> Proof:
    caught = {name: np.mean([c[KEY]["result"] == FAIL for c in runs]) for name, runs in outcomes.items()}
    seen = "; ".join(f"{name}: {caught[name]:.0%}, ratio {_ratio(runs)}" for name, runs in outcomes.items())
    claim = (
        f"{SHARE:.0%} of the good payers {GROUP} labelled bad in training, without reweighing, which undoes it: "
        f"the group's ratio fails in {LEAST_TRUE:.0%} of the splits"
    )
    return Proof("planted labels", claim, seen, bool(caught["planted"] >= LEAST_TRUE))


def _ratio(runs: list[dict[str, Any]]) -> str:
    values = [criteria[KEY]["value"] for criteria in runs]
    return f"{np.mean(values):.2f} (sd {np.std(values):.2f})"


def _run(settings: Config, name: str, table: pd.DataFrame, salt: str, share: float) -> dict[str, Any]:
    contract = settings.data
    parts = split(contract, settings.split.model_copy(update={"salt": salt}), table)
    if share:
        scenario = Scenario(attribute=ATTRIBUTE, group=GROUP, share=share, seed=0)
        parts["train"] = plant(contract, scenario, parts["train"])
    train, calibration, test = (part_of(contract, parts[part]) for part in ("train", "calibration", "test"))
    scorer = calibrated(settings, name, fitted(settings, name, train), calibration)
    return _judged(settings, score(scorer, test.columns), test.bad, test.groups)
