"""What the sections on groups, slices, features and reasons need beside the metrics."""

import re
from collections.abc import Mapping
from typing import Any

from takeback.assessment.criteria import FAIL
from takeback.report import charts
from takeback.report.group_chart import RATIO, by_group
from takeback.report.report_words import percent, plain, verdicts

MEASURE, CRITERION = "approval_ratio", "min_approval_ratio"
GOOD, GOOD_CRITERION = "approval_ratio_of_good", "min_approval_ratio_of_good"


def groups(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of the ratios, their rows by verdict, the gate's limit and the champion's intervals."""
    rows, limit = marked(metrics, MEASURE, CRITERION)
    good, limit_of_good = marked(metrics, GOOD, GOOD_CRITERION)
    return {
        "ratios": _picture("ratios", "Approval ratio", rows, limit),
        "good": _picture("ratios-of-good", "Approval ratio among good payers", good, limit_of_good),
        "limit": limit,
        "limit_of_good": limit_of_good,
        "by_verdict": {
            verdict: [r for r in rows if r["verdict"] == verdict] for verdict in ("fail", "insufficient evidence")
        },
        "verdicts": {(row["of"]): row["verdict"] for row in rows},
        "intervals": metrics["candidates"][metrics["choice"]["champion"]]["intervals"],
        "against": metrics["group_verdicts"]["attributes"],
    }


def marked(metrics: Mapping[str, Any], measure: str, criterion: str) -> tuple[list[dict[str, Any]], float | None]:
    """Return a measure of every group with its interval and the gate's verdict, and the gate's limit.

    Attributes of which no group has the measure are left out; a group that the gate does not judge has no verdict.
    """
    champion = metrics["choice"]["champion"]
    intervals, judged = metrics["candidates"][champion]["intervals"], verdicts(metrics["gate"], criterion)
    rows = []
    for attribute, audit in metrics["fairness"].items():
        if all(row[measure] is None for row in audit["groups"].values()):
            continue
        for group, row in audit["groups"].items():
            verdict = judged.get((attribute, group), {}).get("result")
            rows.append(
                {
                    "of": (attribute, group),
                    "attribute": plain(attribute),
                    "group": plain(group),
                    "value": row[measure],
                    "interval": intervals.get(f"{attribute}.{group}.{measure}"),
                    "verdict": verdict or ("reference" if group == audit["reference"] else None),
                }
            )
    return rows, next((row["limit"] for row in judged.values()), None)


def _picture(name: str, what: str, rows: list[dict[str, Any]], limit: float | None) -> str | None:
    if not rows:
        return None
    scale = RATIO._replace(limits=() if limit is None else (limit,))
    words = f"{what} of {len(rows)} groups with 95% intervals" + (f", limit {limit:g}." if limit is not None else ".")
    shown = [{**row, "interval": None if row["verdict"] == "reference" else row["interval"]} for row in rows]
    return by_group(name, words, shown, scale)


MOST_PAIRS = 10  # how many intersections the page shows
PAIR_CRITERION = "min_intersection_ratio"


def intersections(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pairs of groups that fail or have the lowest ratios, and how many there are, judged and failed."""
    found = metrics["group_verdicts"]
    results = {key: row["result"] for key, row in verdicts(metrics["gate"], PAIR_CRITERION).items()}
    rows = [
        {**row, "group": group, "reference": audit["reference"], "verdict": results.get((pair, group))}
        for pair, audit in found["pairs"].items()
        for group, row in audit["groups"].items()
        if group != audit["reference"]
    ]
    judged = [row for row in rows if row["judged"]]
    known = [row for row in judged if row["ratio"] is not None]
    worst = sorted(known, key=lambda row: (row["verdict"] != FAIL, row["ratio"]))[:MOST_PAIRS]
    return {
        "worst": worst,
        "count": len(rows),
        "judged": len(judged),
        "hidden": len(judged) - len(known),
        "failed": sum(row["verdict"] == FAIL for row in judged),
        "weakest": min((row["power"] for row in known if row["power"] is not None), default=None),
        "no_verdict": verdicts(metrics["gate"], PAIR_CRITERION) == {},
    }


ENDS = ("approve_below", "decline_from")


def near_threshold(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return for each attribute and group the share near each threshold and the share whose decision may flip."""
    near = metrics["near_threshold"]
    places = [near["thresholds"][end]["groups"] for end in ENDS] + [near["flips"]["groups"]]
    groups = {
        attribute: {
            group: [place.get(attribute, {}).get(group, {}).get("share") for place in places]
            for group in audit["groups"]
        }
        for attribute, audit in metrics["fairness"].items()
    }
    return {"groups": groups, "most": _most(groups, near["flips"]["share"] or 0)}


def _most(groups: Mapping[str, Mapping[str, list[float | None]]], overall: float) -> tuple[str, str, float] | None:
    """Return attribute, group and share of the group that flips most, if it does so more than everybody."""
    flips = [(row[-1] or 0, name, group) for name, rows in groups.items() for group, row in rows.items()]
    share, name, group = max(flips, default=(0, "", ""))
    return (name, group, share) if share > overall else None


def slices(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slices, those that hold first, how many do, and the plain words of the features that they name."""
    found = metrics["slices"]["slices"]
    words = {word for row in found for word in re.findall(r"\w+", row["where"])}
    named = {name: label for name, label in metrics["labels"].items() if name in words and label != name}
    return {
        "rows": sorted(found, key=lambda row: not holds(row)),
        "labels": named,
        "passed": sum(row["calibration"]["passes"] for row in found),
        "confirmed": sum(holds(row) for row in found),
    }


def holds(row: Mapping[str, Any]) -> bool:
    """Say whether a slice is worse on the test part too, where nobody looked for it."""
    return bool(row["test"]["interval"]) and row["test"]["interval"][0] > 0


SHOWN = 8


def selection(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return all features, the selected first and by information value, and the strongest proxies among these."""
    rows = [{"name": name, **row, **_proxy(row)} for name, row in sorted(metrics["selection"]["features"].items())]
    rows.sort(key=lambda row: (not row["selected"], -(row["information_value"] or 0)))
    known = [row for row in rows if row["selected"] and row["proxy"] is not None]
    proxies = sorted(known, key=lambda row: -row["proxy"])[:SHOWN]
    joint = {name: row for name, row in metrics["selection"]["joint_proxies"].items() if row["gini"] is not None}
    inflated = metrics["selection"]["variance_inflation"]
    for row in rows:
        row["vif"] = inflated.get(row["name"])
    return {"rows": rows, "selected": sum(row["selected"] for row in rows), "proxies": proxies, "joint": joint}


def _proxy(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attribute that a feature tells most about, and how well."""
    known = {name: value for name, value in row["proxy_gini"].items() if value is not None}
    name = max(known, key=lambda key: (known[key], key), default=None)
    return {"proxy": known.get(name), "proxy_of": name} if name else {"proxy": None, "proxy_of": ""}


def reasons(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return how often each reason is given, as a picture, and to how many of the approved each would apply."""
    rows = [{"name": row["words"], **_bar(row)} for row in metrics["reasons"]["frequency"]]
    approved = [row for row in metrics["reasons"]["frequency"] if row.get("approved") is not None]
    return {"frequency": charts.bars("reasons", "Reasons", rows) if rows else None, "approved": approved}


def _bar(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far a bar goes and what it says; only a share that leaves out too few people is not shown."""
    share = "nearly all" if row["any"] is None else percent(row["any"], 0)
    return {"value": 1 if row["any"] is None else row["any"], "words": f"{share}, first {percent(row['first'], 0)}"}
