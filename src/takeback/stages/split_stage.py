"""Applications to train, calibration and test."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from takeback.common import layout
from takeback.common.disclosure import hidden_groups
from takeback.common.files import read_parquet, write_json, write_parquet
from takeback.config.params import load_params
from takeback.preparation.scenario import describe, plant
from takeback.preparation.splitting import split


def main() -> None:
    """Run the stage. A scenario touches the training part alone: what measures a model keeps the true labels."""
    settings = load_params()
    parts = split(settings.data, settings.split, read_parquet(layout.APPLICATIONS))
    true = _bad(parts["train"])
    parts["train"] = plant(settings.data, settings.scenario, parts["train"])
    for name, part in parts.items():
        write_parquet(layout.SPLIT[name], part)
    planted = {"scenario": describe(settings.scenario), "flipped_labels": _bad(parts["train"]) - true}
    write_json(layout.SPLIT_METRICS, {**planted, "parts": _sizes(parts, settings.privacy.min_cell)})


def _sizes(parts: dict[str, pa.Table], least: int) -> dict[str, Any]:
    outcomes = [[part.num_rows - _bad(part), _bad(part)] for part in parts.values()]
    hidden = hidden_groups(outcomes, least, outcome=True)
    return {
        name: {"rows": good + bad, "bad_rate": None if secret else bad / (good + bad)}
        for name, (good, bad), secret in zip(parts, outcomes, hidden, strict=True)
    }


def _bad(part: pa.Table) -> int:
    return int(pc.sum(part["bad"]).as_py())
