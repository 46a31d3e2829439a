"""The search: single changes, guided trials, fewer changes, and the best again on other resplits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import optuna

from takeback.extras.alternatives.frontier import earns_as_much, finalists, most_profitable
from takeback.extras.alternatives.guided import SEED, guided_sampler, known_trial, new_study, suggest, tell
from takeback.extras.alternatives.search_settings import Search
from takeback.extras.alternatives.space import Point, alternative, mixes, one_changes, undone
from takeback.extras.alternatives.trials import Evaluator, Task, Trial

SINGLE, GUIDED, MIX, SIMPLER = "single change", "guided", "mix", "simpler"
# Trials that are chosen together: fixed, so that the number of processors does not change what is tried.
BATCH = 8
# Of each batch so many are drawn at random, so that the search does not settle too early.
RANDOM = 2
# Resplits of the last phase have numbers from here on.
CONFIRMATION = 1000
# What was picked among many looks better than it is: it must look safe by this much more to be tried again.
MARGIN = 0.05
# So many of the simplest forms are tried again.
SIMPLEST = 3


class Found(NamedTuple):
    """What was tried, and what the best gave on the resplits that decide; the baseline is the first of both."""

    trials: list[Trial]
    finals: list[Trial]


def run_search(
    base: Mapping[str, Any], search: Search, champion: str, limit: float, trials: int, evaluate: Evaluator
) -> Found:
    """Search for alternatives to a champion.

    Nothing but the evaluations decides what is tried next, and they come in a fixed order: the same log, or none, gives
    the same trials on any number of processors.

    Parameters
    ----------
    base
        Settings as in params.yaml.
    search
        What may be tried.
    champion
        The kind of candidate that the bank would use: the baseline.
    limit
        The gate's smallest approval ratio.
    trials
        How many single changes and guided alternatives; all single changes are tried even if they are more.
    evaluate
        Gives each task's measures.
    """
    tried: list[Trial] = []
    study, guided, random = new_study(), guided_sampler(), optuna.samplers.RandomSampler(SEED)
    for points in _batches(list(one_changes(base, search, champion))):
        tried += _try(base, search, SINGLE, points, len(tried), evaluate)
    for trial in tried:
        study.add_trial(known_trial(base, search, trial, limit))
    asked, most = 0, 5 * trials  # a small space may hold fewer
    while len(tried) < trials and asked < most:
        batch, points = [], []
        for i in range(BATCH):
            study.sampler = random if i >= BATCH - RANDOM else guided
            batch.append(study.ask())
            points.append(suggest(batch[-1], base, search))
        asked += BATCH
        fresh = _unknown(points, tried)[: trials - len(tried)]
        tried += _try(base, search, GUIDED, fresh, len(tried), evaluate)
        tell(study, batch, points, tried, limit)
    for points in _batches(_unknown(list(mixes(base, search)), tried)):
        tried += _try(base, search, MIX, points, len(tried), evaluate)
    more, path = _simplified(base, search, tried, limit + MARGIN, evaluate)
    best = finalists([*tried, *more], path[-SIMPLEST:], limit + MARGIN, search.finalists)
    return Found([*tried, *more], _confirmed(search, best, evaluate))


def _unknown(points: Sequence[Point], tried: Sequence[Trial]) -> list[Point]:
    """Return the points that were not tried, each once."""
    known = [trial.point for trial in tried]
    return [point for i, point in enumerate(points) if point not in known and point not in points[:i]]


def _simplified(
    base: Mapping[str, Any], search: Search, tried: Sequence[Trial], limit: float, evaluate: Evaluator
) -> tuple[list[Trial], list[Trial]]:
    """Undo the changes of the best one by one, as long as it stays safe and earns as much: what does nothing goes.

    Returns
    -------
    tuple of list
        All new trials, and the trials of the way, simplest last.
    """
    start = current = most_profitable(tried, limit)
    new: list[Trial] = []
    path: list[Trial] = []
    while current is not None and start is not None:
        points = undone(base, search, current.point)
        fresh = _unknown(points, [*tried, *new])
        new += _try(base, search, SIMPLER, fresh, len(tried) + len(new), evaluate)
        options = [trial for trial in (*tried, *new) if trial.point in points and earns_as_much(trial, start)]
        current = most_profitable(options, limit)
        path += [current] if current else []
    return new, path


def total_evaluations(base: Mapping[str, Any], search: Search, champion: str, trials: int) -> int:
    """Return how many evaluations a search has for a progress bar; making the best simpler may add some."""
    least = len(list(one_changes(base, search, champion)))
    return (max(trials, least) + len(search.mixes) * len(search.kinds)) * search.resplits + (
        search.finalists + 1
    ) * search.confirmations


def _batches(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    for start in range(0, len(points), BATCH):
        yield points[start : start + BATCH]


def _try(
    base: Mapping[str, Any], search: Search, phase: str, points: Sequence[Point], start: int, evaluate: Evaluator
) -> list[Trial]:
    made = [alternative(base, search, point) for point in points]
    results = evaluate([Task(one, resplit) for one in made for resplit in range(search.resplits)])
    slices = [results[i * search.resplits : (i + 1) * search.resplits] for i in range(len(made))]
    rows = zip(points, made, slices, strict=True)
    return [
        Trial(start + i, phase, point, one, len(undone(base, search, point)), found)
        for i, (point, one, found) in enumerate(rows)
    ]


def _confirmed(search: Search, best: Sequence[Trial], evaluate: Evaluator) -> list[Trial]:
    numbers = range(CONFIRMATION, CONFIRMATION + search.confirmations)
    results = iter(evaluate([Task(trial.alternative, number) for trial in best for number in numbers]))
    return [trial._replace(results=[next(results) for _ in numbers]) for trial in best]
