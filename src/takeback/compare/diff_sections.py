"""A result of `compare` as sections of lines and tables, the most important first."""

from collections.abc import Callable, Mapping
from typing import Any

from takeback.assessment.criteria import may_stop
from takeback.compare.data_sections import data, decisions
from takeback.compare.diff_words import (
    ABSENT,
    DiffSection,
    Table,
    arrow,
    moved,
    number,
    people,
    plain,
    some,
    sure,
    value,
)

Result = Mapping[str, Any]
MOST_ROWS = 25
CHANCE = "* the 95% interval of the change leaves out 0 (paired bootstrap over applicants); - means it cannot be had."
MEASURED = ["before", "after", "change", "95% interval"]


def sections(result: Result) -> list[DiffSection]:
    """Return every section; one that cannot be had says why."""
    return [_summary(result), *(_section(result, title, name, make) for title, name, make in _SECTIONS)]


def _section(
    result: Result, title: str, name: str, make: Callable[[Result], tuple[list[str], list[Table]]]
) -> DiffSection:
    if why := result[name].get("unavailable"):
        return DiffSection(title, [f"Not available: {why}"], [])
    lines, tables = make(result[name])
    return DiffSection(title, lines if lines or tables else ["No difference."], tables)


def _summary(result: Result) -> DiffSection:
    lines = [f"Champion: {arrow({side: result[side]['champion'] for side in ('before', 'after')})}."]
    for side in ("before", "after"):
        if scenario := result[side]["scenario"]:
            lines.append(f"{result[side]['name']}: {scenario}.")
    if verdict := result["gate"].get("verdict"):
        lines.append(f"Gate: {arrow(verdict)}.")
    for name in ("ranking.auc", "decision.profit_per_application"):
        if change := result["metrics"].get(name):
            was, now, by, _ = moved(change)
            chance = "" if sure(change) or not change["change"] else ", within chance"
            lines.append(f"{plain(name.partition('.')[2])}: {was} -> {now} ({by.rstrip(' *')}{chance}).")
    lines += _of_policy(result.get("money", {}))
    if "flipped" in result["decisions"]:
        counts = result["decisions"]
        lines.append(
            f"Decisions: {people(counts['flipped'])} of {some(counts['applicants'], 'applicant')} in both test parts "
            f"flip, {people(counts['stricter'])} to a stricter decision, {people(counts['milder'])} to a milder one."
        )
    return DiffSection(f"{result['before']['name']} -> {result['after']['name']}", lines, [])


def _of_policy(money: Result) -> list[str]:
    """Say what the change of policy alone did to the profit, if it did anything."""
    own, at_policy = money.get("before"), money.get("before_at_policy")
    if own is None or at_policy is None or number(own) == number(at_policy):
        return []
    return [
        f"Money is priced at the later policy. At its own the earlier release said {number(own)}: the change of policy "
        f"alone makes that {number(at_policy)}."
    ]


def _parameters(groups: Result) -> tuple[list[str], list[Table]]:
    lines, tables = [], []
    for group, rows in groups.items():
        shown = [[row["name"], value(row["before"]), value(row["after"])] for row in rows[:MOST_ROWS]]
        if shown:
            tables.append(Table([group, "before", "after"], shown))
        if len(rows) > MOST_ROWS:
            lines.append(f"{group}: the first {MOST_ROWS} of {len(rows)}; --json has all.")
    return lines, tables


def _selection(content: Result) -> tuple[list[str], list[Table]]:
    rows = [[way, r["feature"], value(r["before"]), value(r["after"])] for way in ("in", "out") for r in content[way]]
    lines = [f"Features in the models: {arrow(content['selected'])}."]
    return lines, [Table(["", "feature", "why before", "why after"], rows)] if rows else []


def _champion(content: Result) -> tuple[list[str], list[Table]]:
    if content["before"] == content["after"]:
        return [], []
    names = dict.fromkeys(name for side in content.values() for name in side["values"])
    rows = []
    for name in names:
        numbers = [number(side["values"].get(name)) for side in content.values()]
        rows.append([name, content["after"]["why"].get(name, ABSENT), *numbers])
    metric = arrow({key: side["metric"] for key, side in content.items()})
    line = f"Chosen by {metric} on the calibration part: {arrow({k: s['champion'] for k, s in content.items()})}."
    return [line], [Table(["candidate", "after: why", "before", "after"], rows, 2)]


def _metrics(content: Result) -> tuple[list[str], list[Table]]:
    rows = [[plain(name.replace(".", ": ")), *moved(change)] for name, change in content.items()]
    return [CHANCE], [Table(["on the test part", *MEASURED], rows, 4)]


def _rule(content: Result) -> tuple[list[str], list[Table]]:
    moving = {name: change for name, change in content.items() if change["before"] != change["after"]}
    return _metrics(moving) if moving else ([], [])


def _fairness(content: Result) -> tuple[list[str], list[Table]]:
    tables = []
    for attribute, audit in content.items():
        rates, ratios = [], []
        for group, row in audit["groups"].items():
            mark = " (reference)" if group == audit["reference"]["after"] else ""
            many = f"{people(row['count']['before'])} -> {people(row['count']['after'])}"
            rates.append([plain(group) + mark, many, *moved(row["approval_rate"], 3)])
            ratios.append([plain(group) + mark, many, *moved(row["approval_ratio"], 3)])
        rates.append(["largest gap", "", *moved(audit["gap"], 3)])
        title = plain(attribute)
        tables.append(Table(["approval rate", "people", *MEASURED], rates, 5, title))
        tables.append(Table(["approval ratio", "people", *MEASURED], ratios, 5, title))
    return [CHANCE], tables


def _policy(content: Result) -> tuple[list[str], list[Table]]:
    return [], _values("threshold (PD)", content)


def _gate(content: Result) -> tuple[list[str], list[Table]]:
    def said(criterion: Mapping[str, Any] | None) -> str:
        if criterion is None:
            return ABSENT
        blocks = "" if may_stop(criterion) else ", only reported"
        return f"{criterion['result']} ({number(criterion['value'])}, limit {criterion['limit']:g}{blocks})"

    rows = [[name, said(c["before"]), said(c["after"])] for name, c in content["criteria"].items()]
    table = [Table(["criterion", "before", "after"], rows)] if rows else []
    return [f"Verdict: {arrow(content['verdict'])}." + ("" if rows else " No criterion's result changed.")], table


def _size(content: Result) -> tuple[list[str], list[Table]]:
    by = f"{content['after'] - content['before']:+,}"
    line = f"Bytes of the release: {content['before']:,} -> {content['after']:,} ({by})."
    return [line], _values("file", content["files"])


def _libraries(content: Result) -> tuple[list[str], list[Table]]:
    return [], _values("library", content)


def _values(what: str, content: Result) -> list[Table]:
    rows = [[name, value(change["before"]), value(change["after"])] for name, change in content.items()]
    return [Table([what, "before", "after"], rows, 2)] if rows else []


_SECTIONS = (
    ("Settings", "parameters", _parameters),
    ("Decisions", "decisions", decisions),
    ("Fairness", "fairness", _fairness),
    ("Metrics of the champion", "metrics", _metrics),
    ("Metrics of the rule", "rule", _rule),
    ("Gate", "gate", _gate),
    ("Policy", "policy", _policy),
    ("Champion", "champion", _champion),
    ("Data", "data", data),
    ("Feature selection", "selection", _selection),
    ("Size", "size", _size),
    ("Libraries", "libraries", _libraries),
)
