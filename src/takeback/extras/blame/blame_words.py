"""An attribution as text and as JSON."""

from math import ceil, log10
from typing import Any

from takeback.assessment.metric_names import better
from takeback.common.text_tables import text_table
from takeback.extras.blame.attribution import LEVEL, Attribution, StepEffect

MOST_CHANGES = 3


def as_text(result: Attribution) -> str:
    """Return a table of the parts, their sum, and what it means in one sentence."""
    digits = shown_digits(result)
    change = f"{float(result.after - result.before):+.{digits}f}"
    first, last = (f"{float(value):.{digits}f}" for value in (result.before, result.after))
    champions = " -> ".join(dict.fromkeys(result.champions))
    header = ("step", "part", f"{LEVEL:.0%} interval", "verdict", "what changed")
    rows = [
        (p.step, _signed(p.value, digits), _interval(p, digits), _judged(result.metric, p), _changes(p))
        for p in result.parts
    ]
    rows += [("sum", change, "", "", "")]
    lines = [
        f"{result.metric} of the champion ({champions}) on the test part",
        f"{result.revisions[0]} {first} -> {result.revisions[1]} {last}: {change}",
        *_pricing(result, digits),
        "",
        text_table(header, rows),
        "",
        *(f"{_listed(step.split('+'))} cannot be told apart: {reason}" for step, reason in result.merged.items()),
        sentence(result),
    ]
    return "\n".join(lines)


def _pricing(result: Attribution, digits: int) -> list[str]:
    """Say what the change of policy alone did to money, if it did anything."""
    own = result.before_at_own_policy
    if result.not_repriced:
        return [f"Each revision's money is priced at its own policy, as it can't be at one: {result.not_repriced}"]
    if own is None or own == result.before:
        return []
    return [
        f"Money is priced at the policy of {result.revisions[1]}. At its own {result.revisions[0]} said "
        f"{float(own):.{digits}f}: the change of policy alone makes that {float(result.before):.{digits}f}."
    ]


def sentence(result: Attribution) -> str:
    """Say which step moved the metric."""
    digits = shown_digits(result)
    change = _signed(result.after - result.before, digits)
    if any(part.half is None for part in result.parts):
        largest = result.parts[0]
        return (
            f"{largest.step} has the largest part, {_signed(largest.value, digits)} of {change} in {result.metric}. "
            "A revision has no data/scores, so nothing says what is noise."
        )
    rest = [part.step for part in result.parts if not part.named]
    if not result.named:
        return f"No step stands out: all of {change} in {result.metric} is within noise."
    named = _listed([f"{part.step} {_signed(part.value, digits)}" for part in result.named])
    if len(result.named) == 1:
        named = f"{result.named[0].step} explains {_signed(result.named[0].value, digits)}"
    else:
        named += " explain most"
    within = f"; {_listed(rest)} {'is' if len(rest) == 1 else 'are'} within noise" if rest else ""
    return f"{named} of {change} in {result.metric}{within}."


def effect_of(metric: str, part: StepEffect) -> str:
    """Say whether a part made a metric ``better`` or ``worse``; nothing if it is neither."""
    moved = better(metric) * part.value
    return "better" if moved > 0 else "worse" if moved < 0 else ""


def verdict(part: StepEffect) -> str:
    """Return one word on a part."""
    if part.half is None:
        return "unknown"
    return "named" if part.named else "noise" if part.value or part.half else "no effect"


def _judged(metric: str, part: StepEffect) -> str:
    """Write the verdict on a part, and of a named one whether it is for the better."""
    effect = effect_of(metric, part) if part.named else ""
    return f"{verdict(part)}: {effect}" if effect else verdict(part)


def as_json(result: Attribution) -> dict[str, Any]:
    """Return the attribution as JSON can hold it."""
    return {
        "metric": result.metric,
        "revisions": list(result.revisions),
        "champions": list(result.champions),
        "before": float(result.before),
        "after": float(result.after),
        "before_at_own_policy": None if result.before_at_own_policy is None else float(result.before_at_own_policy),
        "not_repriced": result.not_repriced,
        "change": float(result.after - result.before),
        "interval_level": LEVEL,
        "parts": [_part(part) for part in result.parts],
        "merged": result.merged,
        "mixtures": [
            {"from_second": sorted(mixture), "value": float(value)}
            for mixture, value in sorted(result.values.items(), key=lambda item: (len(item[0]), sorted(item[0])))
        ],
        "sentence": sentence(result),
    }


def _part(part: StepEffect) -> dict[str, Any]:
    value, half = float(part.value), part.half
    interval = None if half is None else [value - half, value + half]
    return {
        "step": part.step,
        "part": value,
        "interval": interval,
        "verdict": verdict(part),
        "changes": list(part.changes),
    }


def shown_digits(result: Attribution) -> int:
    """Return how many decimals show two digits of the largest part, four at least."""
    largest = max((abs(float(part.value)) for part in result.parts), default=0.0)
    return min(10, max(4, 1 - ceil(log10(largest)) + 1)) if largest else 4


def _signed(value: Any, digits: int) -> str:
    return f"{float(value):+.{digits}f}"


def _interval(part: StepEffect, digits: int) -> str:
    if part.half is None:
        return "-"
    return f"{_signed(float(part.value) - part.half, digits)} to {_signed(float(part.value) + part.half, digits)}"


def _changes(part: StepEffect) -> str:
    more = len(part.changes) - MOST_CHANGES
    return "; ".join(part.changes[:MOST_CHANGES]) + (f"; and {more} more" if more > 0 else "")


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
