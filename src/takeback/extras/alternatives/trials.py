"""Trials of alternatives on all processors, each kept in a log as it ends: a stopped search goes on from there."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from takeback.common.errors import UserError
from takeback.extras.alternatives.evaluation import Group, evaluate
from takeback.extras.alternatives.space import Alternative, Point, changed
from takeback.preparation.parts import Part

PROFIT, RATIO = "profit_per_application", "smallest_ratio"
MEASURES = (PROFIT, RATIO, "auc", "approve_rate", "refer_rate", "inputs")


class Spread(NamedTuple):
    """Mean and sample standard deviation (n - 1) over resplits; None where a resplit gave no value."""

    mean: float | None
    sd: float | None


class Trial(NamedTuple):
    """An alternative that was tried; ``size`` is how many choices it changes beside the kind. The baseline is first."""

    number: int
    phase: str
    point: Point
    alternative: Alternative
    size: int
    results: list[dict[str, Any]]

    @property
    def why_not(self) -> str | None:
        """Why the alternative cannot be built; None if it can."""
        return next((result[WHY_NOT] for result in self.results if WHY_NOT in result), None)


def spread(results: Sequence[dict[str, Any]], measure: str) -> Spread:
    """Return the spread of a measure, or of one group's approval ratio (``attribute.group``)."""
    return spread_of([_value(result, measure) for result in results])


def change(results: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]], measure: str) -> Spread:
    """Return the spread of a measure's difference to another trial's on the same resplits."""
    pairs = [(_value(a, measure), _value(b, measure)) for a, b in zip(results, before, strict=True)]
    return spread_of([None if a is None or b is None else a - b for a, b in pairs])


def spread_of(values: Sequence[float | None]) -> Spread:
    """Return mean and standard deviation; None if a value is missing, or for the latter if there is only one."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return Spread(None, None)
    return Spread(float(np.mean(known)), float(np.std(known, ddof=1)) if len(known) > 1 else None)


def _value(result: dict[str, Any], measure: str) -> float | None:
    return result.get(measure, result.get("ratios", {}).get(measure))


WHY_NOT = "why_not"


class Task(NamedTuple):
    """One alternative on one resplit."""

    alternative: Alternative
    resplit: int

    @property
    def key(self) -> str:
        """What the log knows it by."""
        return json.dumps(self, sort_keys=True)


class Subject(NamedTuple):
    """What does not change in a search: settings as in params.yaml, applicants, and the groups that count."""

    base: Mapping[str, Any]
    pool: Part
    judged: tuple[Group, ...]


Evaluator = Callable[[Sequence[Task]], list[dict[str, Any]]]


def evaluate_task(subject: Subject, task: Task) -> dict[str, Any]:
    """Evaluate one alternative on one resplit; one that cannot be built gives ``why_not`` alone.

    Each resplit has a seed of its own for training too, so that the spread holds the luck of a fit.
    """
    kind, changes = task.alternative
    seed = subject.base["training"]["seed"] + task.resplit
    try:
        settings = changed(subject.base, {**changes, "training.seed": seed})
        return evaluate(settings, kind, subject.pool, subject.judged, task.resplit)
    except UserError as error:
        return {WHY_NOT: str(error)}


@contextmanager
def evaluator(subject: Subject, log: Path, workers: int, done: Callable[[], Any]) -> Iterator[Evaluator]:
    """Yield a function that evaluates tasks in processes of one thread each, and gives the results in their order.

    Parameters
    ----------
    subject
        What does not change.
    log
        A file of one line per evaluation, read first and appended to; it belongs to the subject.
    workers
        How many processes.
    done
        Called after each evaluation, also one that the log has.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    known = read_log(log)
    before = dict(os.environ)
    os.environ |= {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}  # of the processes: libraries read them as they start
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start, (subject,))

    def run(tasks: Sequence[Task]) -> list[dict[str, Any]]:
        futures = {pool.submit(_run, task): task.key for task in tasks if task.key not in known}
        for _ in range(len(tasks) - len(futures)):
            done()
        with log.open("a", encoding="utf-8") as file:
            for future in as_completed(futures):
                known[futures[future]] = future.result()
                file.write(json.dumps([futures[future], future.result()]) + "\n")
                file.flush()
                done()
        return [known[task.key] for task in tasks]

    try:
        yield run
    finally:
        pool.shutdown(cancel_futures=True)
        os.environ.clear()
        os.environ.update(before)


def read_log(path: Path) -> dict[str, dict[str, Any]]:
    """Return what a log holds; a line that a kill cut off does not count and is removed."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    whole = [line for line in lines if line.endswith("\n")]
    if whole != lines:
        path.write_text("".join(whole), encoding="utf-8")
    return dict(json.loads(line) for line in whole)


_subject: Subject


def _start(subject: Subject) -> None:
    global _subject
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, and ends the pool
    _subject = subject
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the parent was killed: else it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(task: Task) -> dict[str, Any]:
    return evaluate_task(_subject, task)
