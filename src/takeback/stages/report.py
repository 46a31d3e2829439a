"""All metrics to one page."""

import csv
from pathlib import Path
from typing import Any

from takeback import config
from takeback.common.files import missing_output, read_json, write_text
from takeback.data.contract import Contract, group_labels
from takeback.report.page import render
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    choice, data = read_json(layout.CHAMPION), read_json(layout.DATA_METRICS)
    metrics = {
        **_settings(settings),
        "choice": choice,
        "gate": read_json(layout.GATE),
        "data": {**data, "groups": in_contract_order(settings.data, data["groups"])},
        "scenario": read_json(layout.SPLIT_METRICS)["scenario"],
        "selection": read_json(layout.SELECTION),
        "fairness": _fairness(settings.data, choice["champion"]),
        "candidates": {name: _candidate(name) for name in config.MODEL_NAMES},
    }
    write_text(layout.REPORT, render(metrics))


def in_contract_order(contract: Contract, groups: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Order attributes and their groups as the contract has them: JSON sorts by name, which puts 25 to 35 first."""
    result = {}
    for name, attribute in contract.protected.items():
        labels = group_labels(attribute, contract.columns[attribute.column])
        result[name] = {label: groups[name][label] for label in labels if label in groups[name]}
    return result


def _settings(settings: config.Config) -> dict[str, Any]:
    return {
        "data_set": settings.data.name,
        "labels": {name: settings.data.label(name) for name in settings.data.features},
        "policy": settings.policy.model_dump(),
        "limits": {
            "min_approval_ratio": settings.gate.min_approval_ratio.limit,
            "min_group_size": settings.gate.min_group_size,
        },
    }


def _fairness(contract: Contract, champion: str) -> dict[str, Any]:
    audit = read_json(layout.test(champion) / "fairness.json")
    groups = in_contract_order(contract, {name: result["groups"] for name, result in audit.items()})
    return {name: {**audit[name], "groups": rows} for name, rows in groups.items()}


def _candidate(name: str) -> dict[str, Any]:
    curve = layout.training(name) / "learning_curve.csv"  # only boosting learns in rounds
    return {
        "performance": read_json(layout.test(name) / "performance.json"),
        "roc": _rows(layout.test(name) / "roc.csv"),
        "calibration": _rows(layout.test(name) / "calibration.csv"),
        "training": read_json(layout.training(name) / "training.json"),
        "importance": _rows(layout.training(name) / "importance.csv"),
        "learning_curve": _rows(curve) if curve.exists() else [],
        "thresholds": read_json(layout.decision(name) / "policy.json"),
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file)]
    except FileNotFoundError:
        raise missing_output(path) from None
    return [{key: cell if key == "feature" else float(cell) for key, cell in row.items()} for row in rows]
