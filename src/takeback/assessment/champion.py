"""Which candidate is packaged, and why the others are not."""

from typing import Any

from takeback.config.params import Champion

HIGHER_IS_BETTER = {"auc", "gini", "ks", "average_precision", "profit_per_application"}


def choose(settings: Champion, performances: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any]:
    """Choose the champion.

    The best candidate by ``settings.metric`` wins, unless one that stands earlier in ``settings.prefer`` is within
    ``settings.tolerance`` of it: of two that do the same, take the one that is easier to explain. What is not in
    ``settings.prefer`` stands behind it, in the order of ``performances``.

    Parameters
    ----------
    settings
        The rule.
    performances
        For each candidate its metrics in groups, as `takeback.assessment.performance.performance` gives them.

    Returns
    -------
    dict
        ``champion``, ``metric``, each candidate's value, and why it won or lost.
    """
    values = {name: _value(groups, settings.metric) for name, groups in performances.items()}
    sign = 1 if settings.metric in HIGHER_IS_BETTER else -1
    best = max(values, key=lambda name: sign * values[name])
    shortfall = {name: sign * (values[best] - value) for name, value in values.items()}
    order = [*settings.prefer, *(name for name in values if name not in settings.prefer)]
    champion = next(name for name in order if shortfall.get(name, float("inf")) <= settings.tolerance)
    why = {name: _why(settings, champion, name, shortfall) for name in values}
    return {"champion": champion, "metric": settings.metric, "values": values, "why": why}


def _value(groups: dict[str, dict[str, float]], metric: str) -> float:
    return next(group[metric] for group in groups.values() if metric in group)


def _why(settings: Champion, champion: str, name: str, shortfall: dict[str, float]) -> str:
    gap = f"{settings.metric} {shortfall[name]:.4f} short of the best"
    if name == champion:
        return "best" if shortfall[name] == 0 else f"{gap}, within {settings.tolerance:g}, and preferred"
    if shortfall[name] <= settings.tolerance:
        return f"{gap}: as good, but {champion} is preferred"
    return gap
