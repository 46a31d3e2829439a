"""A mixture that is one of the revisions itself must give what that revision recorded."""

from takeback.assessment.metric_names import find_metric, flat_metrics
from takeback.common import layout
from takeback.common.errors import UserError
from takeback.extras.blame.changes import Pair, Side
from takeback.extras.blame.mixture import MixtureOutcome
from takeback.repository.verification import version_differences

LOCK = "requirements.lock"


def check_end(side: Side, outcome: MixtureOutcome) -> None:
    """Check that a revision rebuilt has the champion and exactly the metrics of its commit.

    Raises
    ------
    UserError
        If it has not; with what most likely is the reason.
    """
    champion, metrics = recorded(side)
    if (champion, metrics) == (outcome.champion, outcome.metrics):
        return
    if champion != outcome.champion:
        difference = f"champion {outcome.champion}, recorded is {champion}"
    else:
        name = next(n for n in {**metrics, **outcome.metrics} if metrics.get(n) != outcome.metrics.get(n))
        difference = f"{name} {outcome.metrics.get(name)}, recorded is {metrics.get(name)}"
    raise UserError(
        f"{side.name}: run again, it gives {difference}. Without a release that repeats there is nobody to blame. "
        f"{_pins(side)} `takeback verify {side.name}` says which outputs differ."
    )


def cannot_run(side: Side, reason: str) -> UserError:
    """Say that one of the revisions itself does not run."""
    return UserError(f"{side.name}: its own pipeline does not run here: {reason} {_pins(side)}")


def recorded(side: Side) -> tuple[str, dict[str, float | None]]:
    """Return the champion and the metrics that a revision has in Git."""
    champion = side.snapshot.json(layout.CHAMPION)["champion"]
    folder = layout.test_in(side.snapshot.exists, champion)
    performance, fairness = (side.snapshot.json(folder / f"{name}.json") for name in ("performance", "fairness"))
    return champion, flat_metrics(performance, fairness)


def known_metric(pair: Pair, words: str) -> str:
    """Return the name of a metric that both revisions recorded with a value, before anything runs."""
    metrics = {side.name: recorded(side)[1] for side in (pair.before, pair.after)}
    name = find_metric(set.intersection(*map(set, metrics.values())), words)
    if without := [side for side, values in metrics.items() if values[name] is None]:
        raise UserError(
            f"{name}: has no value in {' and '.join(without)}, such as a ratio to a group of which nobody is approved. "
            "Ask for another metric."
        )
    return name


def _pins(side: Side) -> str:
    if not side.snapshot.exists(LOCK):
        return f"It has no {LOCK}."
    if others := version_differences(side.snapshot.bytes(LOCK).decode()):
        return f"Installed packages are not those of its {LOCK}: {', '.join(others)}."
    return f"Installed packages are those of its {LOCK}."
