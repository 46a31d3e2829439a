"""The change of one metric, divided among the steps, each part with an interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from takeback.assessment.bootstrap import find_metric, replicate_weights, resampled
from takeback.blame.conflicts import as_coalition, is_union, label
from takeback.blame.mixture import Outcome
from takeback.blame.noise import half_widths
from takeback.blame.runs import Mixture, Runs
from takeback.blame.shapley import noise_gain, shapley
from takeback.common.errors import UserError
from takeback.data.expressions import Array

REPLICATES = 1000


@dataclass(frozen=True)
class Part:
    """What one step, or several that cannot be told apart, moved the metric by; ``half`` is the interval's half."""

    step: str
    changes: tuple[str, ...]
    value: Fraction
    half: float | None

    @property
    def named(self) -> bool:
        """Whether the interval excludes zero."""
        return self.half is not None and abs(self.value) > self.half


@dataclass(frozen=True)
class Attribution:
    """A metric before and after, and the parts of its change, largest first; they sum to it exactly."""

    metric: str
    revisions: tuple[str, str]
    champions: tuple[str, str]
    before: Fraction
    after: Fraction
    parts: tuple[Part, ...]
    merged: dict[str, str]
    values: dict[Mixture, Fraction]

    @property
    def named(self) -> list[Part]:
        """The parts that chance does not explain."""
        return [part for part in self.parts if part.named]


def attribute(runs: Runs, words: str, replicates: int = REPLICATES) -> Attribution:
    """Attribute the change of a metric to the steps.

    Parameters
    ----------
    runs
        The outcomes of the mixtures.
    words
        The metric, as `takeback.assessment.bootstrap.find_metric` takes it.
    replicates
        Of the bootstrap.
    """
    outcomes = {mix: outcome for mix, outcome in runs.outcomes.items() if is_union(mix, runs.blocks)}
    first, last = (outcomes[end] for end in runs.pair.ends)
    metric = find_metric([name for name in first.metrics if name in last.metrics], words)
    values = {mix: _value(runs, mix, metric) for mix in outcomes}
    games = {mix: as_coalition(mix, runs.blocks) for mix in outcomes}
    parts = shapley({games[mix]: value for mix, value in values.items()})
    halves = _halves(runs, metric, {game: outcomes[mix] for mix, game in games.items()}, replicates)
    changes = {label(block): tuple(w for p in block for w in runs.pair.changes[p]) for block in runs.blocks}
    found = [Part(step, changes[step], parts[step], halves.get(step)) for step in changes]
    return Attribution(
        metric,
        (runs.pair.before.name, runs.pair.after.name),
        (first.champion, last.champion),
        values[frozenset()],
        values[frozenset(runs.pair.players)],
        tuple(sorted(found, key=lambda part: (not part.named, -abs(part.value)))),
        _why_merged(runs),
        values,
    )


def _value(runs: Runs, mixture: Mixture, metric: str) -> Fraction:
    value = runs.outcomes[mixture].metrics.get(metric)
    if value is None:
        taken = " and ".join(p for p in runs.pair.players if p in mixture) or "nothing"
        raise UserError(
            f"{metric}: has no value with {taken} from {runs.pair.after.name} and the rest from "
            f"{runs.pair.before.name}: a group is missing, or nobody is left to take a rate of. Ask for another metric."
        )
    return Fraction(str(value))


def _halves(runs: Runs, metric: str, outcomes: Mapping[Mixture, Outcome], replicates: int) -> dict[str, float]:
    """Return half of each part's interval; nothing if a release is too old to have scores per applicant."""
    if any(outcome.scores is None for outcome in outcomes.values()):
        return {}
    draws = shapley(_resampled(metric, outcomes, replicates))
    gains = noise_gain({game: outcome.fitted for game, outcome in outcomes.items()})
    refits = [[runs.outcomes[end], *runs.refits.get(end, [])] for end in runs.pair.ends]
    known = [[value for o in group if (value := o.metrics.get(metric)) is not None] for group in refits]
    return half_widths(draws, gains, known)


def _resampled(metric: str, outcomes: Mapping[Mixture, Outcome], replicates: int) -> dict[Mixture, Array]:
    """Resample the applicants of all mixtures together."""
    tables = {game: outcome.scores for game, outcome in outcomes.items() if outcome.scores is not None}
    ids = {game: table["id"].to_numpy() for game, table in tables.items()}
    everybody = np.unique(np.concatenate([*ids.values()]))
    weights = replicate_weights(everybody, replicates)
    return {
        game: resampled(metric, tables[game], weights[:, np.searchsorted(everybody, ids[game])], outcome.references)
        for game, outcome in outcomes.items()
    }


def _why_merged(runs: Runs) -> dict[str, str]:
    """Return for each merged player why one of the mixtures that it spares cannot run."""
    reasons = {}
    for block in runs.blocks:
        torn = [mix for mix in runs.failures if not is_union(mix, (block,))]
        if torn:
            reasons[label(block)] = runs.failures[torn[0]]
    return reasons
