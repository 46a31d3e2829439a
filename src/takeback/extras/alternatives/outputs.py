"""What a search leaves behind: a table of trials, and a config file with what was chosen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from takeback.extras.alternatives.dossier_tables import described, plain
from takeback.extras.alternatives.trials import MEASURES, PROFIT, RATIO, Trial, change, spread

DIGITS = 5
HEADER = "# Written by `takeback alternatives`: "


def trial_rows(trials: Sequence[Trial], finals: Sequence[Trial], judged: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row per trial: what it changes, and mean and standard deviation of each measure.

    Columns that begin with ``again_`` are from the resplits that decide, and None for a trial that was not tried again.
    """
    again = {trial.number: trial for trial in finals}
    return [
        {
            "trial": trial.number,
            "phase": trial.phase,
            "kind": trial.alternative.kind,
            "changes": json.dumps(trial.alternative.changes, sort_keys=True),
            **_columns("", trial, trials[0], judged),
            **_columns("again_", again.get(trial.number), finals[0], judged),
            "why_not": trial.why_not,
        }
        for trial in trials
    ]


def experiment(chosen: Trial, assumed: Mapping[str, Any], baseline: Trial, name: str) -> str:
    """Return the chosen alternative as a Hydra config file."""
    settings = {**assumed, **chosen.alternative.changes}
    settings |= {"champion.prefer": [chosen.alternative.kind], "champion.tolerance": 1.0}
    nested: dict[str, Any] = {}
    for key, value in sorted(settings.items()):
        *parents, last = key.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    cost = plain(change(chosen.results, baseline.results, PROFIT), 4, "+")
    lines = [
        "# @package _global_",
        f"{HEADER}trial {chosen.number} of alternatives/{name}/dossier.md.",
        f"# {described(chosen)}.",
        f"# Smallest approval ratio {plain(spread(chosen.results, RATIO), 3)}; profit {cost} beside the baseline's.",
        f"# Try it: dvc exp run -S experiment={name}. Keep it: make its changes in conf/, then takeback compose.",
    ]
    return "\n".join(lines) + "\n" + yaml.safe_dump(nested, sort_keys=False)


def _columns(prefix: str, trial: Trial | None, baseline: Trial, judged: Sequence[str]) -> dict[str, Any]:
    results = [] if trial is None else trial.results
    spreads = {name: spread(results, name) for name in (*MEASURES, *judged)}
    spreads["profit_less_baseline"] = change(results, baseline.results[: len(results)], PROFIT)
    numbers = {f"{prefix}{k}_{part}": getattr(v, part) for k, v in spreads.items() for part in ("mean", "sd")}
    return {name: None if value is None else round(value, DIGITS) for name, value in numbers.items()}
