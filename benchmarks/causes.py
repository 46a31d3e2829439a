"""Planted causes: does blame name the right step, and nobody when nothing was planted? Beside two simpler ways."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from tests.clones import Repository, copy_repository, keep_rows

from benchmarks.planted import CASES, ROWS, SOURCE, Case
from benchmarks.proof import Proof
from benchmarks.record import RESULTS, say
from takeback.common.files import write_json
from takeback.extras.blame.attribution import Attribution, attribute
from takeback.extras.blame.changes import compare
from takeback.extras.blame.mixture import keep_all_runs
from takeback.extras.blame.players import PLAYERS
from takeback.extras.blame.runs import Runs, run_all
from takeback.repository.dvc import cache_folder

CANDIDATES = ("rule", "logistic", "xgboost")  # without the forest: fewer stage runs, and still a choice
SEEDS = 1  # more changed nothing in the cases tried, and take longest
NEEDED = 0.95


def prove(names: tuple[str, ...] = ()) -> list[Proof]:
    """Run the cases, or those named, on a bank of few rows; keep every value that blame saw."""
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="takeback-") as folder:
        bank = _bank(Path(folder) / "bank")
        for case in CASES:
            if not names or case.name in names:
                say(f"causes: {case.name}")
                results += _judged(case, _runs(bank, case))
                write_json(RESULTS / "causes.json", results)
    return [_proof(results, planted) for planted in (True, False)]


def _bank(folder: Path) -> Repository:
    """Return a small bank with fewer candidates, whose own runs are kept for the mixtures too."""
    bank = copy_repository(folder)
    source = bank.path(SOURCE)
    bank.path(f"{SOURCE}.whole").write_bytes(source.read_bytes())
    keep_rows(bank, ROWS)
    # Every feature, since cases take some away; and boosting is champion, since cases change it.
    boosting = ("champion.prefer=[xgboost]", "champion.tolerance=1.0", f"candidates=[{','.join(CANDIDATES)}]")
    bank.run("takeback", "compose", "experiment=unconstrained", *boosting)
    pipeline = yaml.safe_load(bank.path("dvc.yaml").read_text())
    stages = {name: stage for name, stage in pipeline["stages"].items() if name not in ("package", "gate", "report")}
    bank.path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}, sort_keys=False))
    shutil.rmtree(bank.path("metrics"))  # also the forest's
    keep_all_runs(folder)
    _release(bank, "start")
    return bank


def _release(bank: Repository, tag: str) -> None:
    bank.run("dvc", "repro", "choose", timeout=3600)
    bank.commit(tag)
    bank.run("git", "tag", tag)


def _runs(bank: Repository, case: Case) -> Runs:
    tag = case.name.replace(" ", "-").replace(",", "")
    bank.run("git", "checkout", "-qf", "start")
    for change in case.changes:
        change(bank)
    _release(bank, tag)
    pair = compare("start", tag, bank.folder)
    return run_all(pair, SEEDS, cache_folder(bank.folder))


def _judged(case: Case, runs: Runs) -> list[dict[str, Any]]:
    """Return for each metric what blame and the two other ways name, blame also with fewer refits."""
    rows = []
    for metric in case.metrics:
        fewer = {
            k: replace(runs, refits={end: kept[:k] for end, kept in runs.refits.items()}) for k in range(SEEDS + 1)
        }
        found = {f"blame, {k} refits": _named(attribute(some, metric)) for k, some in fewer.items()}
        result = attribute(runs, metric)
        found |= {"one at a time": one_at_a_time(result, len(case.planted)), "bisection": bisection(result)}
        parts = {p.step: [float(p.value), p.half] for p in result.parts}
        say(f"  {metric}: {parts}")
        rows.append({"case": case.name, "metric": metric, "planted": sorted(case.planted), "parts": parts, **found})
    return rows


def _named(result: Attribution) -> list[str]:
    return [part.step for part in result.named]


def one_at_a_time(result: Attribution, count: int) -> list[str]:
    """Swap each step alone into the first release; name those that move the metric most, as many as were planted."""
    base = result.values[frozenset()]
    moved = {p.step: abs(result.values.get(frozenset(p.step.split("+")), base) - base) for p in result.parts}
    return sorted((step for step in moved if moved[step]), key=lambda step: -moved[step])[: max(count, 1)]


def bisection(result: Attribution) -> list[str]:
    """Switch the steps in the order of the pipeline; name the one at which half of the change is crossed."""
    steps = sorted((p.step for p in result.parts), key=lambda step: PLAYERS.index(step.partition("+")[0]))
    change, taken = result.after - result.before, frozenset[str]()
    for step in steps:
        taken |= frozenset(step.split("+"))
        if change and (result.values[taken] - result.before) / change >= 0.5:
            return [step]
    return []


def right(planted: list[str], named: list[str]) -> bool:
    """Say whether a planted step is named first, or nobody is if nothing was planted."""
    return named[0] in planted if planted and named else not planted and not named


def _largest(row: dict[str, Any]) -> bool:
    """Say whether the planted steps have the largest parts."""
    ranked = sorted(row["parts"], key=lambda step: -abs(row["parts"][step][0]))
    return set(ranked[: len(row["planted"])]) == set(row["planted"])


def _proof(results: list[dict[str, Any]], planted: bool) -> Proof:
    rows = [row for row in results if bool(row["planted"]) == planted]
    own = f"blame, {SEEDS} refits"
    ways = [key for key in (rows[0] if rows else {}) if key not in ("case", "metric", "planted", "parts")]
    counts = {way: sum(right(row["planted"], row[way]) for row in rows) for way in ways}
    seen = f"of {len(rows)}: " + ", ".join(f"{way} {count}" for way, count in counts.items())
    claim = f"nobody is named in at least {NEEDED:.0%} of the cases"
    if planted:
        claim = f"a planted step is named first in at least {NEEDED:.0%} of the cases"
        seen += "; " + _details(rows, own)
    return Proof(
        "planted causes" if planted else "no cause",
        claim,
        seen,
        counts[own] >= NEEDED * len(rows) if rows else None,
    )


def _details(rows: list[dict[str, Any]], own: str) -> str:
    pairs = [row for row in rows if len(row["planted"]) == 2]
    both = sum(set(row[own]) == set(row["planted"]) for row in pairs)
    missed = [f"{row['case']} ({row['metric']})" for row in rows if not right(row["planted"], row[own])]
    largest = sum(map(_largest, rows))
    return (
        f"the planted steps have the largest parts in {largest}; of two planted steps both are named in {both} of "
        f"{len(pairs)}" + (f"; within noise: {', '.join(missed)}" if missed else "")
    )
