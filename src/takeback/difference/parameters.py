"""Which settings differ, by what they are about."""

from typing import Any

from dvc.utils.diff import diff

GROUPS = {
    "data": ("data", "split", "scenario"),
    "features": ("features",),
    "model": ("model", "calibration", "champion"),
    "policy": ("policy",),
    "gate": ("gate",),
}
OTHER = "other"


def parameter_changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Compare two params.yaml.

    By the function with which ``dvc params diff`` compares. The command itself reads the workspace too, and takes
    two seconds.

    Returns
    -------
    dict
        For each group of settings ``name``, ``before`` and ``after`` of those that differ; None where there is none.
    """
    found = diff({"params": {"data": before}}, {"params": {"data": after}}).get("params", {})
    result: dict[str, list[dict[str, Any]]] = {group: [] for group in (*GROUPS, OTHER)}
    for name in sorted(found):
        result[_group(name)].append({"name": name, "before": found[name]["old"], "after": found[name]["new"]})
    return result


def _group(name: str) -> str:
    first = name.partition(".")[0]
    return next((group for group, keys in GROUPS.items() if first in keys), OTHER)
