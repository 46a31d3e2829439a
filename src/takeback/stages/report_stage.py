"""All metrics to one page, a model card, and the tables that `dvc plots` draws."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from takeback.common import layout
from takeback.common.files import missing_output, read_json, replacing, write_csv, write_text
from takeback.config.params import Config, load_params
from takeback.data.contract import Contract
from takeback.data.fields import group_labels
from takeback.report.model_card import card
from takeback.report.page import render
from takeback.report.plot_tables import plot_tables
from takeback.repository.results import check_results

READ = (
    layout.BUSINESS,
    layout.CHAMPION,
    layout.DATA_METRICS,
    layout.GATE,
    layout.GROUPS,
    layout.SELECTION,
    layout.SPLIT_METRICS,
    layout.RELEASE,
    layout.TRAINING,
    layout.CALIBRATION,
    layout.TEST,
    layout.DECISIONS,
)


def main() -> None:
    """Run the stage."""
    settings = load_params()
    layout.refuse_removed(settings.candidates)
    check_results(*READ, conf=False)
    metrics = in_git(settings)
    write_text(layout.MODEL_CARD, card(metrics))
    write_text(layout.REPORT, render({**metrics, **_beside_git(metrics)}))
    with replacing(layout.PLOTS) as folder:
        for name, table in plot_tables(metrics).items():
            write_csv(folder / f"{name}.csv", pa.Table.from_pandas(table, preserve_index=False))


def in_git(settings: Config) -> dict[str, Any]:
    """Return what lies in Git, which is all that the model card needs."""
    choice, data = read_json(layout.CHAMPION), read_json(layout.DATA_METRICS)
    split, folder = read_json(layout.SPLIT_METRICS), layout.test(choice["champion"])
    return {
        "data_set": settings.data.name,
        "source": settings.data.source,
        "labels": {name: settings.data.label(name) for name in settings.data.features},
        "policy": settings.policy.model_dump(),
        "choice": choice,
        "business": read_json(layout.BUSINESS),
        "gate": read_json(layout.GATE),
        "group_verdicts": _group_verdicts(settings.data),
        "data": {**data, "groups": in_contract_order(settings.data, data["groups"])},
        "split": split,
        "scenario": split["scenario"],
        "selection": read_json(layout.SELECTION),
        "fairness": _fairness(settings.data, folder),
        **{name: read_json(folder / f"{name}.json") for name in ("near_threshold", "slices", "reasons")},
        "candidates": {name: _candidate(name) for name in settings.candidates},
    }


def _beside_git(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest, and the candidates with what DVC's cache has of them."""
    candidates = {
        name: {
            **candidate,
            "thresholds": read_json(layout.decision(name) / "policy.json"),
        }
        for name, candidate in metrics["candidates"].items()
    }
    part = layout.calibration(metrics["choice"]["champion"])
    return {
        "manifest": read_json(layout.MANIFEST),
        "candidates": candidates,
        "surface": _table(part / "profit_surface.csv"),
        "profit_on_calibration": read_json(part / "performance.json")["decision"]["profit_per_application"],
    }


def in_contract_order(contract: Contract, groups: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Order attributes and their groups as the contract has them: JSON sorts by name, which puts 25 to 35 first."""
    result = {}
    for name, attribute in contract.protected.items():
        labels = group_labels(attribute, contract.columns[attribute.column])
        result[name] = {label: groups[name][label] for label in labels if label in groups[name]}
    return result


def _fairness(contract: Contract, folder: Path) -> dict[str, Any]:
    audit = read_json(folder / "fairness.json")
    groups = in_contract_order(contract, {name: result["groups"] for name, result in audit.items()})
    return {name: {**audit[name], "groups": rows} for name, rows in groups.items()}


def _group_verdicts(contract: Contract) -> dict[str, Any]:
    found = read_json(layout.GROUPS)
    groups = in_contract_order(contract, {name: result["groups"] for name, result in found["attributes"].items()})
    return {
        **found,
        "attributes": {name: {**found["attributes"][name], "groups": rows} for name, rows in groups.items()},
    }


def _candidate(name: str) -> dict[str, Any]:
    curve = layout.training(name) / "learning_curve.csv"  # only boosting learns in rounds
    return {
        "performance": read_json(layout.test(name) / "performance.json"),
        "intervals": read_json(layout.test(name) / "intervals.json"),
        "roc": _table(layout.test(name) / "roc.csv"),
        "calibration": _table(layout.test(name) / "calibration.csv"),
        "methods": read_json(layout.calibration(name) / "methods.json"),
        "training": read_json(layout.training(name) / "training.json"),
        "importance": _table(layout.training(name) / "importance.csv"),
        "learning_curve": _table(curve) if curve.exists() else pd.DataFrame(),
    }


def _table(path: Path) -> pd.DataFrame:
    try:  # a feature may be named NA
        return pd.read_csv(path, engine="pyarrow", keep_default_na=False)
    except FileNotFoundError:
        raise missing_output(path) from None
