"""Many seeds: the split is fair under any salt, and training has no randomness but its seed."""

import hashlib
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import norm
from tqdm import tqdm

from benchmarks.data import applications, shipped, training
from benchmarks.machine import ROOT
from benchmarks.proof import Proof
from benchmarks.record import say
from takeback.config.params import Config
from takeback.data.ingestion import ingest
from takeback.data.tables import read_table
from takeback.models.candidates import fit
from takeback.models.tree_ensemble import TreeEnsemble
from takeback.preparation.parts import frame_of
from takeback.preparation.splitting import PARTS, split

# The chance that one of all the shares lies outside though the split is fair.
ERROR = 0.001


def prove(salts: int = 200, fits: int = 10) -> list[Proof]:
    """Divide the data with many salts, and train the boosted model many times."""
    settings = shipped()
    return [_shares(settings, salts), _same_fit(settings, fits)]


def _shares(settings: Config, salts: int) -> Proof:
    table = read_table(ROOT / settings.data.source)
    accepted = frame_of(ingest(settings.data, table).applications)
    held = np.array([settings.split.calibration, settings.split.test])
    expected = np.array([1 - held.sum(), *held])  # in the order of PARTS
    deviations = []
    say(f"seeds: {salts} salts")
    for number in tqdm(range(salts), unit="salt", delay=2):
        salted = settings.split.model_copy(update={"salt": f"salt {number}"})
        parts = split(settings.data, salted, accepted)
        counts = np.array([len(parts[name]) for name in PARTS])
        deviations.append((counts / len(accepted) - expected) / np.sqrt(expected * (1 - expected) / table.num_rows))
    limit, worst = norm.isf(ERROR / 2 / np.size(deviations)), np.abs(deviations).max()
    claim = f"over {salts} salts no part's share lies outside binomial limits ({limit:.1f} sd, error {ERROR:g} in all)"
    seen = f"largest deviation {worst:.2f} sd, standard deviation of all {np.std(deviations):.2f} (1 expected)"
    return Proof("shares of the split", claim, seen, bool(worst <= limit))


def _same_fit(settings: Config, fits: int) -> Proof:
    data = training(settings, "xgboost", applications(settings.data))
    digests = set()
    for number in range(fits):
        say(f"seeds: fit {number + 1} of {fits}")
        with tempfile.TemporaryDirectory() as folder:
            candidate = fit(settings, "xgboost", data, Path(folder) / "checkpoints")
        assert isinstance(candidate.model, TreeEnsemble)
        both = bytes(candidate.estimator.booster_.save_raw("ubj")) + candidate.model.onnx
        digests.add(hashlib.sha256(both).hexdigest())
    claim = f"trained {fits} times on all rows, the boosted model and its ONNX form have the same bytes"
    return Proof("repeated training", claim, f"{len(digests)} different model(s)", len(digests) == 1)
