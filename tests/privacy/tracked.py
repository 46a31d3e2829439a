"""Walks every tracked file that the pipeline writes, and says where one shows a cell of too few people.

It knows only what a reader of the repository knows: rates times the numbers of people that other tracked files give.
"""

import csv
import json
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.privacy.pages import in_markdown, small_counts

PATHS = ("metrics", "alternatives", "MODEL_CARD.md", "dvc.lock")
# Of all rows of a part, or means over resplits of groups that the gate judges: no cell is smaller.
ABOUT_EVERYBODY = (
    "alternatives/*",
    "dvc.lock",
    "metrics/champion.json",
    "metrics/selection.json",
    "metrics/training/*",
    "*.gitignore",
)


def small_cells(root: Path, least: int = 10) -> list[str]:
    """Return a line for each number that tells of fewer people; a file that nobody has looked at is one too."""
    return [f"{name}: {line}" for name in tracked(root) for line in _of_file(root, name, least)]


def tracked(root: Path) -> list[str]:
    return subprocess.run(
        ["git", "ls-files", *PATHS], cwd=root, check=True, capture_output=True, text=True
    ).stdout.split()


def _of_file(root: Path, name: str, least: int) -> Iterator[str]:
    if any(fnmatch(name, pattern) for pattern in ABOUT_EVERYBODY):
        return
    readers = [reader for pattern, reader in READERS.items() if fnmatch(name, pattern)]
    if not readers:
        yield "no test knows what it shows; tests/privacy/tracked.py lists the files"
    for reader in readers:
        yield from reader(root, root / name, Cells(least))


class Cells:
    """Judges counts: nobody, or enough."""

    def __init__(self, least: int) -> None:
        self.least = least

    def small(self, what: str, *counts: float | None) -> Iterator[str]:
        for count in counts:
            if count is not None and 0.5 < count < self.least - 0.5:
                yield f"{what}: {count:.2f} people"

    def share(self, what: str, rate: float | None, of: float | None) -> Iterator[str]:
        """Judge those whom a rate is about, those who have it and those who have not."""
        if rate is None:
            return
        if of is None:
            yield f"{what}: a rate of nobody knows how many"
            return
        yield from self.small(f"{what} of {of:.0f}", of, rate * of, (1 - rate) * of)

    def outcome(self, what: str, bad_rate: float | None, of: float | None) -> Iterator[str]:
        """Judge a bad rate: 0 and 1 too, which tell of everybody."""
        if bad_rate is not None and of is not None and min(bad_rate, 1 - bad_rate) * of < self.least - 0.5:
            yield f"{what}: bad rate {bad_rate} of {of:.0f}"


def _rows(root: Path, part: str) -> dict[str, Any]:
    return read(root / "metrics/split.json")["parts"][part]


def numbers(row: dict[str, Any]) -> dict[str, float | None]:
    """Return how many people stand behind each rate of a group and behind its complement; None where that is hidden."""
    result: dict[str, float | None] = {"count": row["count"]}

    def split(rate: str, whole: str, part: str, rest: str) -> None:
        known = None not in (row[rate], result[whole])
        result[part] = row[rate] * result[whole] if known else None
        result[rest] = result[whole] - result[part] if known else None
        if result[whole] == 0:  # nobody is a share of nobody
            result[part] = result[rest] = 0.0

    split("bad_rate", "count", "bad", "good")
    split("approval_rate", "count", "approved", "not approved")
    split("referral_rate", "count", "referred", "not referred")
    split("decline_rate", "count", "declined", "not declined")
    split("approval_rate_of_good", "good", "good approved", "good not approved")
    split("approval_rate_of_bad", "bad", "bad approved", "bad not approved")
    return result


def everybody(root: Path, path: Path) -> dict[str, Any]:
    """Return a part of the split as if it were a group."""
    found, rows = read(path.with_name("performance.json")), _rows(root, path.parts[-3])["rows"]
    decision, bad_rate = found["decision"], found["probability"]["bad_rate"]
    approve, among = decision["approve_rate"], decision["bad_rate_among_approved"]
    crossed = None not in (approve, among, bad_rate) and 0 < bad_rate < 1
    return {
        "count": rows,
        "bad_rate": bad_rate,
        "approval_rate": approve,
        "referral_rate": decision["refer_rate"],
        "decline_rate": decision["decline_rate"],
        "approval_rate_of_bad": approve * among / bad_rate if crossed else None,
        "approval_rate_of_good": approve * (1 - among) / (1 - bad_rate) if crossed else None,
    }


def _left_over(what: str, whole: dict[str, Any], parts: list[dict[str, Any]], cells: Cells) -> Iterator[str]:
    """Judge what is left of a whole when all its parts that are shown are subtracted."""
    total, shown = numbers(whole), [numbers(part) for part in parts]
    for name, of_all in total.items():
        hidden = sum(part[name] is None for part in shown)
        left = None if of_all is None else of_all - sum(part[name] or 0 for part in shown)
        if not hidden or left is None:
            continue
        yield from cells.small(f"{what}, {name}, left over", left)
        if hidden == 1 and len(parts) > 1 and left > 0.5:
            yield f"{what}, {name}: the one hidden number follows from the others"
        if name in ("good", "bad") and left < cells.least - 0.5:
            yield f"{what}, {name}: all that is left have one outcome"


def judge_groups(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    for attribute, audit in read(path).items():
        yield from _left_over(attribute, everybody(root, path), [*audit["groups"].values()], cells)
        yield from _measures(attribute, audit, cells)


def _measures(attribute: str, audit: dict[str, Any], cells: Cells) -> Iterator[str]:
    for group, row in audit["groups"].items():
        yield from _group(f"{attribute} {group}", row, cells)
    for name, gap in audit["gaps"].items():
        known = [row[name] for row in audit["groups"].values() if row[name] is not None]
        if known and abs(max(known) - min(known) - gap) > 1e-8:
            yield f"{attribute}: the gap in {name} tells of a hidden group"


def _group(what: str, row: dict[str, Any], cells: Cells) -> Iterator[str]:
    if row["count"] is None:
        yield from (f"{what}: {key} of a hidden group" for key, value in row.items() if value is not None)
        return
    for name, number in numbers(row).items():
        yield from cells.small(f"{what}, {name}", number)
    yield from cells.outcome(what, row["bad_rate"], row["count"])
    if row["bad_rate"] is None and any(
        row[name] is not None for name in ("calibration_gap", "calibration_odds", "approval_rate_of_good")
    ):
        yield f"{what}: the hidden bad rate follows"
    if (row["referral_rate"] is None) != (row["decline_rate"] is None):
        yield f"{what}: one part of the decisions gives away the other"
    if (row["approval_rate_of_good"] is None) != (row["approval_rate_of_bad"] is None):
        yield f"{what}: approvals of good payers give away those of bad ones"


def judge_intersections(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    single = read(path.with_name("fairness.json"))
    for pair, audit in read(path).items():
        yield from _measures(pair, audit, cells)
        for side, attribute in enumerate(pair.split(" x ")):
            for group, margin in single[attribute]["groups"].items():
                parts = [row for name, row in audit["groups"].items() if name.split(" x ")[side] == group]
                yield from _left_over(f"{pair}, of {group}", margin, parts, cells)


def judge_performance(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    rows, found = _rows(root, path.parts[-3])["rows"], read(path)
    decision, bad_rate = found["decision"], found["probability"]["bad_rate"]
    yield from cells.outcome("everybody", bad_rate, rows)
    for name in ("approve_rate", "refer_rate", "decline_rate"):
        yield from cells.share(name, decision[name], rows)
    approved = None if decision["approve_rate"] is None else decision["approve_rate"] * rows
    yield from cells.outcome("bad rate among approved", decision["bad_rate_among_approved"], approved)
    if decision["decline_recall"] is not None:
        yield from cells.share("decline_recall", decision["decline_recall"], bad_rate and bad_rate * rows)
    if decision["decline_precision"] and decision["decline_rate"] is not None:
        yield from cells.share("decline_precision", decision["decline_precision"], decision["decline_rate"] * rows)


def _calibration(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    for row in table(path):
        yield from cells.outcome("bin", row["bad_rate"], row["count"])


def _roc(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    part, points = _rows(root, path.parts[-3]), table(path)
    if len(points) == 2:
        return
    for name, whole in (
        ("true_positive_rate", part["rows"] * part["bad_rate"]),
        ("false_positive_rate", part["rows"] * (1 - part["bad_rate"])),
    ):
        for one, other in pairwise(points):
            step = (other[name] - one[name]) * whole
            if step < cells.least - 0.5:
                yield f"a step in {name} of {step:.2f} people"


def _surface(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    rows = _rows(root, "calibration")["rows"]
    referred = [row["referral_rate"] * rows for row in table(path) if row["approve_below"] == 0]
    yield from cells.small("thin files", referred[0])
    for one, other in pairwise(referred):
        yield from cells.small("a step in PD", (other - one) / 2)


def _near(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    found, sizes = read(path), read(path.with_name("fairness.json"))
    for name, place in found["thresholds"].items():
        yield from cells.share(name, place["share"], _rows(root, "test")["rows"])
        for attribute, groups in place["groups"].items():
            for group, row in groups.items():
                size = sizes[attribute]["groups"][group]["count"]
                yield from cells.share(f"{name} {attribute} {group}", row["share"], size)
                if row["count"] and size and row["count"] != round(row["share"] * size):
                    yield f"{name} {group}: count and share differ"
            shown = sum(filter(None, (row["count"] for row in groups.values())))
            yield from cells.small(f"{name} {attribute}, hidden", place["count"] and place["count"] - shown)
    for attribute, groups in found["flips"]["groups"].items():
        for group, row in groups.items():
            if sizes[attribute]["groups"][group]["count"] is None and row["share"] is not None:
                yield f"flips of {group}, a hidden group"


def _slices(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    rows = [_rows(root, part)["rows"] for part in ("calibration", "test")]
    for row in read(path)["slices"]:
        for part, whole in zip(("calibration", "test"), rows, strict=True):
            count = row[part]["count"]
            yield from cells.small(row["where"], count, count and whole - count)
        test = row["test"]
        yield from cells.outcome(row["where"], test["bad_rate"], test["count"])
        if test["bad_rate"] is None and any(
            test[name] is not None for name in ("log_loss", "excess_log_loss", "interval")
        ):
            yield f"{row['where']}: the hidden outcomes follow"
        if test["count"] is None and any(value is not None for value in test.values()):
            yield f"{row['where']}: numbers of a hidden slice"


def _reasons(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    found = read(path)
    parts = [found[name] for name in ("declined", "referred")]
    for name, part in zip(("declined", "referred"), parts, strict=True):
        yield from cells.small(name, part["count"])
        for share in ("with_reason", "top_is_true", "top_lowers_pd"):
            yield from cells.share(f"{name} {share}", part[share], part["count"])
    if any(part["count"] is None or (part["count"] and part["with_reason"] is None) for part in parts):
        return
    given = sum((part["count"] or 0) * (part["with_reason"] or 0) for part in parts)
    for row in found["frequency"]:
        yield from cells.share(row["words"], row["any"], given)
        yield from cells.small(row["words"], (row["first"] or 0) * given)
    hidden = given - sum((row["first"] or 0) * given for row in found["frequency"])
    yield from cells.small("hidden first reasons", hidden)
    for name, compared in (found["shapley"] or {}).items():
        yield from cells.small(f"Shapley values, {name}", compared["rows"])


def _intervals(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    intervals, fairness = read(path), read(path.with_name("fairness.json"))
    for attribute, audit in fairness.items():
        for group, row in audit["groups"].items():
            for measure, value in row.items():
                limits = intervals.get(f"{attribute}.{group}.{measure}")
                bound = measure.startswith("approval_ratio") and row["count"] is not None  # what all it can be gives
                if value is None and limits is not None and not bound:
                    yield f"{attribute} {group} {measure}: the interval of a hidden number"


def _gate(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    folder = root / "metrics/test" / read(root / "metrics/champion.json")["champion"]
    fairness, pairs = read(folder / "fairness.json"), read(root / "metrics/groups.json")["pairs"]
    for name, criterion in read(path)["criteria"].items():
        kind, *group = name.split(".", 2)
        if kind == "min_intersection_ratio":
            if criterion["value"] != pairs[group[0]]["groups"][group[1]]["ratio"]:
                yield f"{name}: {criterion['value']} is not what groups.json shows"
        elif group:
            shown = fairness[group[0]]["groups"][group[1]][kind.removeprefix("min_").removeprefix("near_group_")]
            if criterion["value"] != shown:
                yield f"{name}: {criterion['value']} is not what fairness.json shows, {shown}"


def _key_figures(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    """Hold each number to what the champion's own files show: None there is None here."""
    found = read(path)
    folder = root / "metrics/test" / found["champion"]
    measures = {key: value for part in read(folder / "performance.json").values() for key, value in part.items()}
    names = ("auc", "brier", "calibration_error_debiased", "profit_per_application", "approve_rate", "refer_rate")
    shown = [measures[name] for name in (*names, "bad_rate_among_approved")]
    audits = read(folder / "fairness.json").values()
    ratios = [row["approval_ratio"] for audit in audits for row in audit["groups"].values()]
    keys = ("auc", "brier", "ece", "profit", "approve", "refer", "bad_rate")
    for key, value in zip(keys, shown, strict=True):
        if found[key] != (None if value is None else float(f"{value:.4g}")):
            yield f"{key}: {found[key]} is not what performance.json shows, {value}"
    if found["air"] not in [float(f"{ratio:.4g}") for ratio in ratios if ratio is not None] + [None]:
        yield f"air: {found['air']} is no ratio that fairness.json shows"
    if unknown := found.keys() - {"champion", "gate", "air", *keys}:
        yield f"no test knows {', '.join(sorted(unknown))}"


def _data(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    found = read(path)
    rows = found["rows"]["accepted"]
    yield from cells.outcome("everybody", found["bad_rate"], rows)
    yield from cells.small("repeated", found["repeated_but_for_the_id"])
    for rule, count in found["broken_rules"].items():
        yield from cells.small(rule, count)
    for name, share in found["missing_share"].items():
        yield from cells.share(f"missing {name}", share, rows)
    for attribute, groups in found["groups"].items():
        shown = [row["count"] for row in groups.values() if row["count"] is not None]
        yield from cells.small(attribute, *shown, rows - sum(shown))
        for group, row in groups.items():
            yield from cells.outcome(f"{attribute} {group}", row["bad_rate"], row["count"])
            if row["count"] is None and (row["share"] is not None or row["bad_rate"] is not None):
                yield f"{attribute} {group}: numbers of a hidden group"


def _split(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    for part, row in read(path)["parts"].items():
        yield from cells.outcome(part, row["bad_rate"], row["rows"])


def _business(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    found, rows = read(path), _rows(root, "test")["rows"]
    for name in ("approve_rate", "refer_rate", "decline_rate"):
        yield from cells.share(f"best cut, {name}", found["best_cut"][name], rows)
    thin = found["thin_files"]
    count = thin["share"] and thin["share"] * rows
    yield from cells.share("thin files", thin["share"], rows)
    yield from cells.outcome("thin files", thin["bad_rate"], count)
    for name, option in thin["options"].items():
        yield from cells.share(f"thin files, {name}", option["approved"], count)
    sizes = read(root / "metrics/test" / found["champion"] / "fairness.json")
    for attribute, groups in thin["groups"].items():
        members = {group: sizes[attribute]["groups"][group]["count"] for group in groups}
        for group, share in groups.items():
            yield from cells.share(f"thin files of {attribute} {group}", share, members[group])
        shown = sum(share * members[group] for group, share in groups.items() if share)
        yield from cells.small(f"thin files of {attribute}, hidden", count and count - shown)


def _group_verdicts(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    """Every number follows from counts and approval rates; so it is there only if the audits show those."""
    champion, found = read(root / "metrics/champion.json")["champion"], read(path)
    for kind, file in (("attributes", "fairness"), ("pairs", "intersections")):
        audits = read(root / f"metrics/test/{champion}/{file}.json")
        for name, of in found[kind].items():
            rates = {group: row["approval_rate"] for group, row in audits[name]["groups"].items()}
            if of["highest"] and rates[of["highest"]] is None:
                yield f"{name}: {of['highest']} has the highest of rates, and its own is hidden"
            for group, row in of["groups"].items():
                known = {key for key, value in row.items() if value is not None} - {"judged", "count", "power"}
                if (rates[group] is None and known) or row["count"] != audits[name]["groups"][group]["count"]:
                    yield f"{name} {group}: {', '.join(sorted(known))} of a hidden rate, or another count"
                if rates.get(of["reference"]) is None and row["ratio"] is not None:
                    yield f"{name} {group}: its ratio tells the hidden rate of {of['reference']}"


def _methods(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    """Means over everybody in a part of the data, and nothing else."""
    found = read(path)
    if {*found} != {"method", "log_loss", "standard_error"} or {*found["log_loss"]} != {*found["standard_error"]}:
        yield f"{path.name}: has {', '.join(found)}"


def _card(root: Path, path: Path, cells: Cells) -> Iterator[str]:
    yield from small_counts(in_markdown(path.read_text(encoding="utf-8")), cells.least)


READERS = {
    "MODEL_CARD.md": _card,
    "metrics/business.json": _business,
    "metrics/data.json": _data,
    "metrics/gate.json": _gate,
    "metrics/groups.json": _group_verdicts,
    "metrics/split.json": _split,
    "metrics/summary.json": _key_figures,
    "metrics/*/calibration.csv": _calibration,
    "metrics/*/fairness.json": judge_groups,
    "metrics/*/intersections.json": judge_intersections,
    "metrics/*/intervals.json": _intervals,
    "metrics/*/methods.json": _methods,
    "metrics/*/near_threshold.json": _near,
    "metrics/*/performance.json": judge_performance,
    "metrics/*/profit_surface.csv": _surface,
    "metrics/*/reasons.json": _reasons,
    "metrics/*/roc.csv": _roc,
    "metrics/*/slices.json": _slices,
}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def table(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: float(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
