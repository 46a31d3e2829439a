"""The tables of a dossier, in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from takeback.common.shown import markdown
from takeback.common.text_tables import markdown_table
from takeback.extras.alternatives.frontier import frontier, profit_and_ratio
from takeback.extras.alternatives.search import SINGLE
from takeback.extras.alternatives.trials import PROFIT, RATIO, Spread, Trial, change, spread


def described(trial: Trial) -> str:
    """Return what an alternative changes, in one line."""
    names = [name.removeprefix("family ") for name, value in trial.point.items() if value == "out"]
    words = [f"without {', '.join(names)}"] if names else []
    words += ["no directions"] if trial.point.get("directions") == "none" else []
    keys = {k: v for k, v in trial.alternative.changes.items() if k in trial.point}
    words += [f"{key.removeprefix('model.').removeprefix('training.')} {_shown(value)}" for key, value in keys.items()]
    return f"{trial.alternative.kind}: {'; '.join(words) or 'as it is'}"


def plain(value: Spread, digits: int, sign: str = "") -> str:
    """Return mean and standard deviation as text."""
    if value.mean is None:
        return "-"
    return f"{value.mean:{sign}.{digits}f}" + ("" if value.sd is None else f" ± {value.sd:.{digits}f}")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):  # a reduction
        words = f"{value['method']}, {value['constraint']} by {_shown(value['by'])}"
        return f"{words}, threshold {value['threshold']}, weight {value['constraint_weight']}".replace("_", " ")
    return (" x ".join(value) or "none") if isinstance(value, list) else str(value)


def percent(cost: Spread, baseline: Trial) -> str:
    """Return a difference of profit as a share of the baseline's, in brackets; nothing if that is not positive."""
    profit = spread(baseline.results, PROFIT).mean
    return "" if cost.mean is None or not profit or profit < 0 else f" ({cost.mean / profit:+.1%})"


def final_table(finals: Sequence[Trial], chosen: Trial | None) -> str:
    """Return what those that were tried again gave, most profitable first."""
    unbeaten = {finals[i].number for i in frontier([profit_and_ratio(trial.results) for trial in finals])}
    rows = []
    for trial in _by_profit(finals):
        star = " *" if trial.number in unbeaten else ""
        name = f"**{trial.number}**" if chosen and trial.number == chosen.number else str(trial.number)
        cost = change(trial.results, finals[0].results, PROFIT)
        values = [
            plain(spread(trial.results, PROFIT), 4),
            f"{plain(cost, 4, '+')}{percent(cost, finals[0])}",
            plain(spread(trial.results, RATIO), 3),
            plain(spread(trial.results, "auc"), 4),
            plain(spread(trial.results, "approve_rate"), 3),
        ]
        what = "baseline: " if trial.number == finals[0].number else ""
        rows.append([name + star, markdown(what + described(trial)), *values])
    return markdown_table(["trial", "what", "profit", "less", "smallest ratio", "AUC", "approved"], rows, right=5)


def _by_profit(trials: Sequence[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: (-(spread(trial.results, PROFIT).mean or 0.0), trial.number))


def group_table(judged: Sequence[str], finals: Sequence[Trial], chosen: Trial | None) -> str:
    """Return each group's approval ratio, of the baseline and of what was chosen."""
    columns = {"baseline": finals[0]} | ({"chosen": chosen} if chosen else {})
    rows = [[markdown(g), *(plain(spread(trial.results, g), 3) for trial in columns.values())] for g in judged]
    return markdown_table(["group", *columns], rows, right=len(columns))


def single_table(trials: Sequence[Trial]) -> str:
    """Return what each single change gave beside the baseline."""
    rows = []
    for trial in (trial for trial in trials if trial.phase == SINGLE):
        if trial.why_not:
            rows.append([str(trial.number), markdown(described(trial)), markdown(trial.why_not), ""])
            continue
        profit = change(trial.results, trials[0].results, PROFIT)
        ratio = change(trial.results, trials[0].results, RATIO)
        numbers = plain(profit, 4, "+"), plain(ratio, 3, "+")
        rows.append([str(trial.number), markdown(described(trial)), *numbers])
    return markdown_table(["trial", "what", "profit", "smallest ratio"], rows, right=2)


def threshold_table(compared: Sequence[Mapping[str, dict[str, Any]]]) -> str:
    """Return what thresholds by group of each attribute would give, over resplits."""
    rows = []
    for attribute in compared[0]:
        results = [found[attribute] for found in compared]
        columns = [(PROFIT, 4), (RATIO, 3), ("approve_rate", 3)]
        rows.append([markdown(attribute), *(plain(spread(results, name), digits) for name, digits in columns)])
    return markdown_table(["thresholds by", "profit", "smallest ratio", "approved"], rows, right=3)
