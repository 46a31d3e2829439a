"""What changed in the parameters, the selection, the gate, the policy and the environment of a release."""

from typing import Any

from takeback.repository.dvc import parameter_differences

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

    Returns
    -------
    dict
        For each group of settings ``name``, ``before`` and ``after`` of those that differ; None where there is none.
    """
    found = parameter_differences(before, after)
    result: dict[str, list[dict[str, Any]]] = {group: [] for group in (*GROUPS, OTHER)}
    for name in sorted(found):
        result[_group(name)].append({"name": name, "before": found[name]["old"], "after": found[name]["new"]})
    return result


def _group(name: str) -> str:
    first = name.partition(".")[0]
    return next((group for group, keys in GROUPS.items() if first in keys), OTHER)


def selection_changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Compare two selection.json: which features came in or went out of the models, and why.

    A feature that one revision does not know at all is out of it, with None for the reason.
    """
    features = [content["features"] for content in (before, after)]
    moved: dict[str, list[dict[str, Any]]] = {"in": [], "out": []}
    for name in sorted({*features[0], *features[1]}):
        was, now = (side.get(name, {"selected": False, "why": None}) for side in features)
        if was["selected"] != now["selected"]:
            row = {"feature": name, "before": was["why"], "after": now["why"]}
            moved["in" if now["selected"] else "out"].append(row)
    counts = [sum(row["selected"] for row in side.values()) for side in features]
    return {**moved, "selected": {"before": counts[0], "after": counts[1]}}


def gate_changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Compare two gate.json: the verdict, and the criteria whose result, limit or power to block changed."""
    criteria = {}
    for name in sorted({*before["criteria"], *after["criteria"]}):
        was, now = before["criteria"].get(name), after["criteria"].get(name)
        if was is None or now is None or any(was[key] != now[key] for key in ("result", "limit", "blocks")):
            criteria[name] = {"before": was, "after": now}
    return {"verdict": {"before": before["verdict"], "after": after["verdict"]}, "criteria": criteria}


def value_changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Return the keys of two plain dicts whose values differ, with None where there is no such key."""
    was, now = before or {}, after or {}
    names = sorted({*was, *now})
    return {name: {"before": was.get(name), "after": now.get(name)} for name in names if was.get(name) != now.get(name)}


def size_changes(before: dict[str, int], after: dict[str, int]) -> dict[str, Any]:
    """Compare the bytes of two releases, in all and of the files that differ in size."""
    return {"before": sum(before.values()), "after": sum(after.values()), "files": value_changes(before, after)}
