"""The change of one metric, divided among the steps, each part with an interval of what chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy.stats import t

from takeback.assessment.bootstrap import replicate_weights, resampled
from takeback.assessment.metric_names import find_metric
from takeback.common.errors import UserError
from takeback.common.strict import parse
from takeback.compare.measures import MONEY, MeasuredChange, repriced
from takeback.config.params import Policy
from takeback.data.expressions import Array
from takeback.extras.blame.changes import as_coalition, is_union, label
from takeback.extras.blame.mixture import MixtureOutcome
from takeback.extras.blame.players import noise_gain, shapley
from takeback.extras.blame.runs import Mixture, Runs

REPLICATES = 1000


@dataclass(frozen=True)
class StepEffect:
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
    parts: tuple[StepEffect, ...]
    merged: dict[str, str]
    values: dict[Mixture, Fraction]
    before_at_own_policy: Fraction | None = None
    not_repriced: str | None = None

    @property
    def named(self) -> list[StepEffect]:
        """The parts that chance does not explain."""
        return [part for part in self.parts if part.named]


def attribute(runs: Runs, words: str, replicates: int = REPLICATES) -> Attribution:
    """Attribute the change of a metric to the steps.

    Parameters
    ----------
    runs
        The outcomes of the mixtures.
    words
        The metric, as `takeback.assessment.metric_names.find_metric` takes it.
    replicates
        Of the bootstrap.
    """
    first, last = (runs.outcomes[end] for end in runs.pair.ends)
    metric = find_metric([name for name in first.metrics if name in last.metrics], words)
    own = _value(runs, frozenset(), metric) if metric in MONEY else None
    priced = at_one_policy(runs) if metric in MONEY else runs
    runs, why = (runs, priced) if isinstance(priced, str) else (priced, None)
    outcomes = {mix: outcome for mix, outcome in runs.outcomes.items() if is_union(mix, runs.blocks)}
    values = {mix: _value(runs, mix, metric) for mix in outcomes}
    games = {mix: as_coalition(mix, runs.blocks) for mix in outcomes}
    parts = shapley({games[mix]: value for mix, value in values.items()})
    halves = _halves(runs, metric, {game: outcomes[mix] for mix, game in games.items()}, replicates)
    changes = {label(block): tuple(w for p in block for w in runs.pair.changes[p]) for block in runs.blocks}
    found = [StepEffect(step, changes[step], parts[step], halves.get(step)) for step in changes]
    return Attribution(
        metric,
        (runs.pair.before.name, runs.pair.after.name),
        (first.champion, last.champion),
        values[frozenset()],
        values[frozenset(runs.pair.players)],
        tuple(sorted(found, key=lambda part: (not part.named, -abs(part.value)))),
        _why_merged(runs),
        values,
        own,
        why,
    )


def at_one_policy(runs: Runs) -> Runs | str:
    """Return the runs with the money that their decisions make at the later revision's policy, or why that can't be."""
    try:
        policy = parse(Policy, runs.pair.after.settings.get("policy"), runs.pair.after.name, "policy")
    except UserError as error:
        return str(error)
    everything = [*runs.outcomes.values(), *(outcome for group in runs.refits.values() for outcome in group)]
    if any(outcome.scores is None for outcome in everything):
        return "a revision has no data/scores"
    outcomes = {mix: _repriced(outcome, policy) for mix, outcome in runs.outcomes.items()}
    refits = {mix: [_repriced(outcome, policy) for outcome in group] for mix, group in runs.refits.items()}
    return replace(runs, outcomes=outcomes, refits=refits)


def _repriced(outcome: MixtureOutcome, policy: Policy) -> MixtureOutcome:
    weights = np.empty((0, 0))  # of a change, which is not asked for
    priced = repriced(MeasuredChange(outcome.champion, dict(outcome.metrics), {}, outcome.scores, weights), policy)
    return replace(outcome, metrics=priced.metrics, scores=priced.scores)


def _value(runs: Runs, mixture: Mixture, metric: str) -> Fraction:
    value = runs.outcomes[mixture].metrics.get(metric)
    if value is None:
        taken = " and ".join(p for p in runs.pair.players if p in mixture) or "nothing"
        raise UserError(
            f"{metric}: has no value with {taken} from {runs.pair.after.name} and the rest from "
            f"{runs.pair.before.name}: a group is missing, or nobody is left to take a rate of. Ask for another metric."
        )
    return Fraction(str(value))


def _halves(runs: Runs, metric: str, outcomes: Mapping[Mixture, MixtureOutcome], replicates: int) -> dict[str, float]:
    """Return half of each part's interval; nothing if a release is too old to have scores per applicant."""
    if any(outcome.scores is None for outcome in outcomes.values()):
        return {}
    draws = shapley(_resampled(metric, outcomes, replicates))
    gains = noise_gain({game: outcome.fitted for game, outcome in outcomes.items()})
    refits = [[runs.outcomes[end], *runs.refits.get(end, [])] for end in runs.pair.ends]
    known = [[value for o in group if (value := o.metrics.get(metric)) is not None] for group in refits]
    return half_widths(draws, gains, known)


def _resampled(metric: str, outcomes: Mapping[Mixture, MixtureOutcome], replicates: int) -> dict[Mixture, Array]:
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


LEVEL = 0.95  # of all parts together: if no step has an effect, none is named in so many cases


def half_widths(
    draws: Mapping[str, Array], gains: Mapping[str, float], refits: Sequence[Sequence[float]]
) -> dict[str, float]:
    """Return half the width of each part's interval, all of which hold together with probability `LEVEL`.

    The variance is that of the bootstrap and that of a fit times its gain. The second is known from few refits, so the
    quantile is Student's with the degrees of freedom of Welch (1947) and Satterthwaite (1946), divided among the parts
    after Bonferroni.

    Parameters
    ----------
    draws
        The part of each player in every replicate of the bootstrap.
    gains
        By how much each part multiplies the variance of a fit, as `takeback.extras.blame.players.noise_gain` gives it.
    refits
        Values of the metric that differ by the seed alone, in groups.
    """
    fit, freedom = pooled_variance(refits)
    level = 1 - (1 - LEVEL) / len(draws) / 2
    halves = {}
    for player, values in draws.items():
        chance, luck = float(np.nanvar(values)), fit * gains[player]
        effective = freedom * ((chance + luck) / luck) ** 2 if luck else np.inf
        halves[player] = float(t.ppf(level, effective)) * float(np.sqrt(chance + luck))
    return halves


def pooled_variance(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the variance within groups, and its degrees of freedom."""
    freedom = sum(len(group) - 1 for group in groups if group)
    squares = sum(float(np.square(np.asarray(group) - np.mean(group)).sum()) for group in groups if group)
    return (squares / freedom if freedom else 0.0), freedom
