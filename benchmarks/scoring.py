"""Scoring: how near files, decisions and reasons come to the bare model, and what one application costs."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.clones import seconds
from benchmarks.data import write_repeated
from benchmarks.machine import ROOT
from benchmarks.native import bare_model, native_model
from benchmarks.record import Limit, Result, say
from takeback.common.files import thread_count
from takeback.data.encoding import matrix
from takeback.data.expressions import Columns
from takeback.data.tables import read_table
from takeback.data.validation import read_columns
from takeback.decisions.batch import score_file
from takeback.decisions.bundle import Release, load_release
from takeback.decisions.policy import DECISIONS, DECLINE
from takeback.decisions.reasons import explain
from takeback.decisions.scoring import Scorer, score

Tasks = dict[str, Callable[[], object]]
FLOOR = "bare model, {} threads (floor)"
PARQUET = "decisions and PD, Parquet to Parquet"
CSV = "decisions and PD, CSV to CSV"


def run(rows: int = 1_000_000, rounds: int = 5, calls: int = 500) -> Result:
    """Measure scoring in one process, every task once a round.

    Parameters
    ----------
    rows
        How many applications.
    rounds
        How many rounds the medians are of.
    calls
        How many single calls a round has.
    """
    release = load_release(ROOT / "models" / "release")
    with tempfile.TemporaryDirectory(prefix="takeback-") as folder:
        sources = _sources(release.champion, Path(folder), rows)
        columns = read_columns(release.champion.contract, read_table(sources[0]), release.champion.contract.inputs)[0]
        batch = _measure(_batch_tasks(release, columns, *sources), rounds, "scoring: all rows")
        single = _measure(_single_tasks(release.champion, columns, calls), rounds, "scoring: one row")
    floor = median(batch[FLOOR.format(thread_count())])
    share = {name: floor / median(times) for name, times in batch.items()}
    limits = [Limit(f"{name}, share of the floor", share[name], 0.6, True) for name in (PARQUET, CSV)]
    lines = [_batch_row(name, rows, times, share[name]) for name, times in batch.items()]
    lines += [[name, f"{median(t) / calls * 1e6:.0f} µs a call", "-", "-"] for name, t in single.items()]
    return Result(
        "Scoring",
        f"{rows} applications, the Taiwan rows repeated with new ids. Champion: {release.name}. Medians of {rounds} "
        "interleaved rounds in one process.",
        ["", "time", "rows a second", "share of the floor"],
        lines,
        limits,
        ["The floor is the packaged model alone, over a prepared float32 matrix: nothing is read, checked or written."],
        {"batch": batch, "single": single, "rows": rows, "calls": calls},
    )


def _sources(scorer: Scorer, folder: Path, rows: int) -> tuple[Path, Path]:
    say(f"scoring: writes {rows} rows as Parquet and CSV")
    sources = folder / "in.parquet", folder / "in.csv"
    for source in sources:
        write_repeated(scorer.contract, source, rows)
    return sources


def _batch_tasks(release: Release, columns: Columns, parquet: Path, csv: Path) -> Tasks:
    scorer, threads = release.champion, thread_count()
    prepared = matrix(scorer.contract, columns, scorer.model.inputs)
    many, one = bare_model(scorer.model, threads), bare_model(scorer.model, 1)
    native = native_model(ROOT / "models" / "candidates" / release.name, threads)

    def file(source: Path, reasons: bool) -> Callable[[], object]:
        return lambda: score_file(scorer, source, source.with_stem("out"), "benchmark", with_reasons=reasons)

    tasks: Tasks = {FLOOR.format(threads): lambda: many(prepared)}
    tasks["bare model, one thread"] = lambda: one(prepared)
    if native:
        tasks[f"XGBoost's own predict, {threads} threads"] = lambda: native(prepared)
    tasks |= {PARQUET: file(parquet, False), CSV: file(csv, False)}
    return tasks | {
        "with reasons, Parquet to Parquet": file(parquet, True),
        "with reasons, CSV to CSV": file(csv, True),
    }


def _single_tasks(scorer: Scorer, columns: Columns, calls: int) -> Tasks:
    some = {name: values[:2000] for name, values in columns.items()}
    row = int(np.flatnonzero(score(scorer, some).decision == DECISIONS.index(DECLINE))[0])
    one = {name: values[row : row + 1] for name, values in some.items()}
    prepared, scores = matrix(scorer.contract, one, scorer.model.inputs), score(scorer, one)
    work: dict[str, Callable[[], object]] = {
        "one row, margin of the packaged model": lambda: scorer.model.margin(prepared),
        "one row, whole score": lambda: score(scorer, one),
        "one declined row, reasons": lambda: explain(scorer, one, scores),
    }
    return {name: _repeated(call, calls) for name, call in work.items()}


def _repeated(call: Callable[[], object], calls: int) -> Callable[[], object]:
    return lambda: [call() for _ in range(calls)]


def _measure(tasks: Tasks, rounds: int, words: str) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds):
        say(f"{words}, round {number + 1} of {rounds}")
        for name, task in tasks.items():
            times[name].append(seconds(task))
    return times


def _batch_row(name: str, rows: int, times: list[float], share: float) -> list[str]:
    took = median(times)
    return [name, f"{took:.2f} s", f"{rows / took:,.0f}", f"{share:.0%}"]
