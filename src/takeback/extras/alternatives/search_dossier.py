"""The dossier of a search: what was tried, what it gave, what was chosen and why."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from takeback.extras.alternatives.dossier_tables import (
    described,
    final_table,
    group_table,
    percent,
    plain,
    single_table,
    threshold_table,
)
from takeback.extras.alternatives.frontier import lower_ratio
from takeback.extras.alternatives.search import GUIDED, MARGIN, MIX, SIMPLER, SINGLE
from takeback.extras.alternatives.search_settings import Search
from takeback.extras.alternatives.trials import PROFIT, RATIO, Trial, change, spread

WISHED_LOSS = 0.02
RULE = """\
The rule is part of the code and looks only at those tried again. Safe is whose smallest approval ratio less one
standard deviation is at least {limit:g}, the gate's limit. Of the safe ones that earn as much as the most profitable
safe one, or no more than one standard error less on the same resplits, the one with the fewest changes is chosen."""
CHOICE = """\
**Trial {number}**: {words}.

Its smallest ratio is {ratio}, the baseline's {ratio_before}. Its profit per application is {profit}, the baseline's
{profit_before}; on the same resplits the difference is {cost}."""
FRONTIER = """\
The {count} best and the baseline, tried again on {confirmations} other resplits; mean ± standard deviation over these.
Profit is per application and unit of exposure; *less* is the difference to the baseline on the same resplits. A star
marks what no other one beats in both profit and smallest ratio."""
THRESHOLDS = """\
**No alternative:** these decisions need the group of everybody who applies, and flip a coin between two thresholds.
The table says what the baseline's own scores would give if each group of one attribute were approved as often as the
others (fairlearn's `ThresholdOptimizer`: equal approval, greatest balanced accuracy; nobody is referred), on the same
resplits. The baseline earns {baseline}."""
METHOD = """\
- Data: {rows} applications of the training and calibration parts. The test part was not read.
{files}
- {trials} alternatives: the baseline and {single} single changes, then {guided} guided by a multi-objective search
  (Optuna's TPE; a quarter of them at random), {mixes} mixes that a person wrote down, and {simpler} that undo changes
  of the best one by one, as long as it stays safe and earns as much. {failed} could not be built.
- Each was tried on the same {resplits} random divisions of the applicants: 60% to fit, 20% to calibrate and to choose
  thresholds, 20% to validate. Each division has its own seed for training: the spread holds the luck of a fit, and no
  seed can be chosen.
- The best were tried again on {confirmations} other divisions, which alone decide: the best of many looks better than
  it is where it was found. To be tried again as safe, a ratio had to be higher by {margin:g}. The applicants are the
  same, so some flattery stays. The test part, which the pipeline reports, has none of it.
- Groups with at least {size} applicants among those that validate count: {judged}.
  The smallest ratio is taken on each resplit and then averaged, which is lower than the smallest mean.
- Searched: features, kind of model, hyper-parameters, directions, reweighing in training (Kamiran and Calders 2012),
  training under a constraint (fairlearn's reductions, one model kept; Agarwal et al. 2018),
  class weights, calibration, and the share that is referred, never above what analysts can review. Without directions,
  a later payment or a lower limit can lower a PD.
- Not searched, because they are the bank's assumptions: {assumptions}.
- No protected attribute is an input of any alternative. Reweighing and reductions read groups in training only."""


class SearchFacts(NamedTuple):
    """What a search was about: files with their hashes, rows, limits, and the assumptions of its policy."""

    files: dict[str, str]
    rows: int
    limit: float
    min_group_size: int
    judged: Sequence[str]
    assumptions: Mapping[str, Any]
    command: str
    thresholds: Sequence[Mapping[str, dict[str, Any]]]


def dossier(
    facts: SearchFacts, search: Search, trials: Sequence[Trial], finals: Sequence[Trial], chosen: Trial | None
) -> str:
    """Return the dossier as Markdown."""
    parts = [
        "# Less discriminatory alternatives",
        f"Written by `{facts.command}`. Every trial: [trials.csv](trials.csv).",
        "![The frontier](frontier.svg)",
        "## What was chosen",
        _choice(facts, finals, chosen),
        "## The frontier",
        FRONTIER.format(count=len(finals) - 1, confirmations=search.confirmations),
        final_table(finals, chosen),
        "Each group's approval ratio to its reference:",
        group_table(facts.judged, finals, chosen),
        "## For comparison: a threshold for each group",
        THRESHOLDS.format(baseline=plain(spread(finals[0].results, PROFIT), 4)),
        threshold_table(facts.thresholds),
        "## What each single change gave",
        f"Against the baseline on the same {search.resplits} resplits, those of the search.",
        single_table(trials),
        "## How it was done",
        _method(facts, search, trials),
    ]
    return "\n\n".join(parts) + "\n"


def _choice(facts: SearchFacts, finals: Sequence[Trial], chosen: Trial | None) -> str:
    rule = RULE.format(limit=facts.limit)
    if chosen is None:
        nearest = max(finals, key=lambda trial: lower_ratio(spread(trial.results, RATIO)))
        ratio = plain(spread(nearest.results, RATIO), 3)
        words = f"**None.** The nearest is trial {nearest.number} with {ratio}: {described(nearest)}."
        return f"{rule}\n\n{words}{_wish(finals)}"
    baseline = finals[0]
    cost = change(chosen.results, baseline.results, PROFIT)
    text = CHOICE.format(
        number=chosen.number,
        words=described(chosen),
        ratio=plain(spread(chosen.results, RATIO), 3),
        ratio_before=plain(spread(baseline.results, RATIO), 3),
        profit=plain(spread(chosen.results, PROFIT), 4),
        profit_before=plain(spread(baseline.results, PROFIT), 4),
        cost=f"{plain(cost, 4, '+')}{percent(cost, baseline)}",
    )
    return f"{rule}\n\n{text}{_wish(finals)}"


def _wish(finals: Sequence[Trial]) -> str:
    """Say what the highest ratio is at a cost of at most two percent of the baseline's profit."""
    before = spread(finals[0].results, PROFIT).mean
    if not before or before < 0:
        return ""
    costs = [(trial, change(trial.results, finals[0].results, PROFIT).mean) for trial in finals]
    cheap = [trial for trial, cost in costs if cost is not None and cost >= -WISHED_LOSS * before]
    best = max(cheap, key=lambda trial: spread(trial.results, RATIO).mean or 0.0)
    ratio = plain(spread(best.results, RATIO), 3)
    cheapest = f"Of those tried again, at a cost of at most {WISHED_LOSS:.0%}, the best smallest ratio is {ratio}"
    return f"\n\n{cheapest} (trial {best.number})."


def _method(facts: SearchFacts, search: Search, trials: Sequence[Trial]) -> str:
    single = sum(trial.phase == SINGLE for trial in trials)
    return METHOD.format(
        rows=facts.rows,
        files="\n".join(f"  - `{name}`, SHA-256 `{digest}`" for name, digest in facts.files.items()),
        trials=len(trials),
        single=single - 1,
        guided=sum(trial.phase == GUIDED for trial in trials),
        mixes=sum(trial.phase == MIX for trial in trials),
        margin=MARGIN,
        simpler=sum(trial.phase == SIMPLER for trial in trials),
        failed=sum(trial.why_not is not None for trial in trials),
        resplits=search.resplits,
        confirmations=search.confirmations,
        size=facts.min_group_size,
        judged=", ".join(facts.judged),
        assumptions=", ".join(
            f"{name} {value if isinstance(value, str) else format(value, 'g')}"
            for name, value in facts.assumptions.items()
        ),
    )
