"""How the protected groups fare at the decision."""

from collections.abc import Mapping
from typing import Any

from takeback.report.group_chart import RATIO, by_group
from takeback.report.report_words import plain, verdicts

MEASURE, CRITERION = "approval_ratio", "min_approval_ratio"
GOOD, GOOD_CRITERION = "approval_ratio_of_good", "min_approval_ratio_of_good"


def content(metrics: Mapping[str, Any]) -> dict[str, Any]:
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
