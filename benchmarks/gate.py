"""How often the gate is wrong: on simulated decisions whose truth is known, and on whole runs with planted labels."""

from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.data import shipped
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.alternatives.evaluation import calibrated, fitted
from takeback.assessment.criteria import FAIL
from takeback.assessment.fairness import audit
from takeback.assessment.fairness_intervals import fairness_intervals
from takeback.assessment.gate import judge_fairness
from takeback.common.files import read_json
from takeback.config import Config, Scenario
from takeback.data.expressions import Array
from takeback.data.ingestion import BAD, application_columns, groups_of, ingest
from takeback.data.parts import Part
from takeback.data.tables import read_table
from takeback.decisions.scoring import Scores, score
from takeback.preparation.scenario import plant
from takeback.preparation.splitting import split
from takeback.stages import layout

RATES = (0.3, 0.5, 0.7)  # at which the reference group is approved
SIZES = (100, 300, 1000)
BAD_RATE = 0.22
MOST_FALSE, LEAST_TRUE = 0.05, 0.95
ATTRIBUTE, GROUP = "age", "under_25"
SHARE = 0.8  # of the group's good payers whose training labels turn bad


def prove(simulations: int = 1000, splits: int = 40) -> list[Proof]:
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
    found = audit(settings.data, scores, bad, groups)
    return judge_fairness(settings.gate, found, fairness_intervals(settings.data, scores, bad, groups))


def _planted(settings: Config, splits: int) -> list[Proof]:
    """Run the champion's whole way on many splits, with true labels and with planted ones."""
    champion = read_json(ROOT / layout.CHAMPION)["champion"]
    table = ingest(settings.data, read_table(ROOT / settings.data.source)).applications
    key = f"min_approval_ratio.{ATTRIBUTE}.{GROUP}"
    outcomes: dict[float, list[dict[str, Any]]] = {0.0: [], SHARE: []}
    say(f"gate: {champion} on {splits} splits, with true and with planted labels")
    for number in tqdm(range(splits), unit="split", delay=2):
        for share, kept in outcomes.items():
            kept.append(_run(settings, champion, table, f"salt {number}", share))
    quiet = np.mean([not _failed(criteria) for criteria in outcomes[0.0]])
    caught = np.mean([criteria[key]["result"] == FAIL for criteria in outcomes[SHARE]])
    values = {share: [criteria[key]["value"] for criteria in kept] for share, kept in outcomes.items()}
    spread = {share: f"{np.mean(v):.3f} (sd {np.std(v):.3f})" for share, v in values.items()}
    return [
        Proof(
            "true labels",
            f"the shipped {champion} fails no fairness criterion of the shipped gate on other splits",
            f"{quiet:.0%} of {splits} splits; approval ratio of {GROUP} {spread[0.0]}",
            bool(quiet >= LEAST_TRUE),
        ),
        Proof(
            "planted labels",
            f"{SHARE:.0%} of the labels of good payers {GROUP} turned bad in training: the group's ratio fails",
            f"{caught:.0%} of {splits} splits; approval ratio of {GROUP} {spread[SHARE]}",
            bool(caught >= LEAST_TRUE),
        ),
    ]


def _failed(criteria: dict[str, Any]) -> list[str]:
    return [name for name, criterion in criteria.items() if criterion["result"] == FAIL]


def _run(settings: Config, name: str, table: Any, salt: str, share: float) -> dict[str, Any]:
    contract = settings.data
    parts = split(contract, settings.split.model_copy(update={"salt": salt}), table)
    scenario = Scenario(attribute=ATTRIBUTE, group=GROUP, share=share, seed=0)
    if share:
        parts["train"] = plant(contract, scenario, parts["train"])
    train, calibration, test = (_part(settings, parts[part]) for part in ("train", "calibration", "test"))
    scorer = calibrated(settings, fitted(settings, name, train), calibration)
    return _judged(settings, score(scorer, test.columns), test.bad, test.groups)


def _part(settings: Config, table: Any) -> Part:
    contract = settings.data
    columns = application_columns(contract, table)
    groups = {name: groups_of(contract, columns, name) for name in contract.protected}
    return Part(table[contract.id_name], columns, table[BAD].to_numpy().astype(float), groups)
