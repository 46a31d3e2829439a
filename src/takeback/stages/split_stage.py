"""Applications to train, calibration and test."""

from typing import Any

import pandas as pd

from takeback.common import layout
from takeback.common.disclosure import hidden_groups
from takeback.common.files import write_json
from takeback.config.params import load_params
from takeback.preparation.parts import read_frame, write_frame
from takeback.preparation.scenario import describe, plant
from takeback.preparation.splitting import split


def main() -> None:
    """Run the stage. A scenario touches the training part alone: what measures a model keeps the true labels."""
    settings = load_params()
    parts = split(settings.data, settings.split, read_frame(layout.APPLICATIONS))
    true = _bad(parts["train"])
    parts["train"] = plant(settings.data, settings.scenario, parts["train"])
    for name, part in parts.items():
        write_frame(layout.SPLIT[name], part)
    planted = {"scenario": describe(settings.scenario), "flipped_labels": _bad(parts["train"]) - true}
    write_json(layout.SPLIT_METRICS, {**planted, "parts": _sizes(parts, settings.privacy.min_cell)})


def _sizes(parts: dict[str, pd.DataFrame], least: int) -> dict[str, Any]:
    outcomes = [[len(part) - _bad(part), _bad(part)] for part in parts.values()]
    hidden = hidden_groups(outcomes, least, outcome=True)
    return {
        name: {"rows": good + bad, "bad_rate": None if secret else bad / (good + bad)}
        for name, (good, bad), secret in zip(parts, outcomes, hidden, strict=True)
    }


def _bad(part: pd.DataFrame) -> int:
    return int(part["bad"].sum())
