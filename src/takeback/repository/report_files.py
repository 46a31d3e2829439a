"""What the report shows, read from the worktree or from a revision."""

from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from takeback.common import layout
from takeback.config.params import Config
from takeback.data.contract import Contract
from takeback.data.fields import group_labels


class Files(Protocol):
    """Where files are read from; each function takes a path from the top of the repository."""

    def json(self, path: Path) -> Any:
        """Return the content of a JSON file."""

    def bytes(self, path: Path) -> bytes:
        """Return the bytes of a file."""

    def exists(self, path: Path) -> bool:
        """Say whether there is such a file."""


def in_git(files: Files, settings: Config) -> dict[str, Any]:
    """Return what lies in Git, which is all that the model card needs; see `takeback.report.page.render`."""
    choice, data = files.json(layout.CHAMPION), files.json(layout.DATA_METRICS)
    split, folder = files.json(layout.SPLIT_METRICS), layout.test(choice["champion"])
    return {
        "data_set": settings.data.name,
        "source": settings.data.source,
        "labels": {name: settings.data.label(name) for name in settings.data.features},
        "policy": settings.policy.model_dump(),
        "governance": settings.governance.about(),
        "choice": choice,
        "business": files.json(layout.BUSINESS),
        "gate": files.json(layout.GATE),
        "group_verdicts": _group_verdicts(files, settings.data),
        "data": {**data, "groups": in_contract_order(settings.data, data["groups"])},
        "split": split,
        "scenario": split["scenario"],
        "selection": files.json(layout.SELECTION),
        "fairness": _fairness(files, settings.data, folder),
        **{name: files.json(folder / f"{name}.json") for name in ("near_threshold", "slices", "reasons")},
        "candidates": {name: _candidate(files, name) for name in settings.candidates},
    }


def beside_git(files: Files, metrics: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest, and the candidates with what DVC's cache has of them."""
    candidates = {
        name: {**candidate, "thresholds": files.json(layout.decision(name) / "policy.json")}
        for name, candidate in metrics["candidates"].items()
    }
    part = layout.calibration(metrics["choice"]["champion"])
    return {
        "manifest": files.json(layout.MANIFEST),
        "candidates": candidates,
        "surface": _table(files, part / "profit_surface.csv"),
        "profit_on_calibration": files.json(part / "performance.json")["decision"]["profit_per_application"],
    }


def in_contract_order(contract: Contract, groups: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Order attributes and their groups as the contract has them: JSON sorts by name, which puts 25 to 35 first."""
    result = {}
    for name, attribute in contract.protected.items():
        labels = group_labels(attribute, contract.columns[attribute.column])
        result[name] = {label: groups[name][label] for label in labels if label in groups[name]}
    return result


def _fairness(files: Files, contract: Contract, folder: Path) -> dict[str, Any]:
    audit = files.json(folder / "fairness.json")
    groups = in_contract_order(contract, {name: result["groups"] for name, result in audit.items()})
    return {name: {**audit[name], "groups": rows} for name, rows in groups.items()}


def _group_verdicts(files: Files, contract: Contract) -> dict[str, Any]:
    found = files.json(layout.GROUPS)
    groups = in_contract_order(contract, {name: result["groups"] for name, result in found["attributes"].items()})
    return {
        **found,
        "attributes": {name: {**found["attributes"][name], "groups": rows} for name, rows in groups.items()},
    }


def _candidate(files: Files, name: str) -> dict[str, Any]:
    test, curve = layout.test(name), layout.training(name) / "learning_curve.csv"  # only boosting learns in rounds
    return {
        "performance": files.json(test / "performance.json"),
        "intervals": files.json(test / "intervals.json"),
        "roc": _table(files, test / "roc.csv"),
        "calibration": _table(files, test / "calibration.csv"),
        "methods": files.json(layout.calibration(name) / "methods.json"),
        "training": files.json(layout.training(name) / "training.json"),
        "importance": _table(files, layout.training(name) / "importance.csv"),
        "learning_curve": _table(files, curve) if files.exists(curve) else pd.DataFrame(),
    }


def _table(files: Files, path: Path) -> pd.DataFrame:
    options = pa_csv.ConvertOptions(strings_can_be_null=False)  # a feature may be named NA
    return pa_csv.read_csv(pa.BufferReader(files.bytes(path)), convert_options=options).to_pandas()
