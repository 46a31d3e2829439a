"""The space of alternatives: points, and the changes of params.yaml that each point stands for."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from takeback.common.errors import UserError
from takeback.common.strict import parse
from takeback.config.candidate_settings import RULE
from takeback.config.params import PARAMS, Config
from takeback.extras.alternatives.search_settings import Search

KIND, DIRECTIONS, FAMILY = "kind", "directions", "family "
REDUCTION, REWEIGH = "training.reduction", "training.reweigh"
Point = dict[str, Any]


class Alternative(NamedTuple):
    """A kind of candidate, and the settings that differ: dotted keys of params.yaml to values."""

    kind: str
    changes: dict[str, Any]


def dimensions(base: Mapping[str, Any], search: Search, kind: str) -> dict[str, list[Any]]:
    """Return what a point of one kind chooses: each name with its values, the present one first."""
    result: dict[str, list[Any]] = {f"{FAMILY}{name}": ["in", "out"] for name in search.families}
    if search.drop_directions:
        result[DIRECTIONS] = ["contract", "none"]
    for key, values in search.choices.items():
        owner = key.split(".")[1] if key.startswith("model.") else kind
        if owner == kind:
            present = value_at(base, key)
            result[key] = [present, *(value for value in values if value != present)]
    return result


def check_space(base: Mapping[str, Any], search: Search) -> None:
    """Check the choices against the settings that they change.

    Raises
    ------
    UserError
        If a key or feature does not exist, a value is not allowed, or more would be referred than analysts can review.
    """
    for kind in search.kinds:
        if kind == RULE or kind not in base["model"]:
            known = ", ".join(name for name in base["model"] if name != RULE)
            raise UserError(f"kinds: found {kind!r}; expected candidates that are fitted: {known}.")
        for point in one_changes(base, search, kind):
            changed(base, alternative(base, search, point).changes)
    present = value_at(base, "policy.max_referral_rate")
    if max(search.choices.get("policy.max_referral_rate", ()), default=0) > present:
        raise UserError(f"choices.policy.max_referral_rate: above {present:g}, what the bank's analysts can review.")


def present_point(base: Mapping[str, Any], search: Search, kind: str) -> Point:
    """Return the point of the present settings with one kind of candidate."""
    return {KIND: kind, **{name: values[0] for name, values in dimensions(base, search, kind).items()}}


def undone(base: Mapping[str, Any], search: Search, point: Point) -> list[Point]:
    """Return the points that have one change less; the kind stays."""
    present = present_point(base, search, point[KIND])
    return [{**point, name: value} for name, value in present.items() if point[name] != value]


def one_changes(base: Mapping[str, Any], search: Search, kind: str) -> Iterator[Point]:
    """Yield the present settings, the other kinds with present settings, and every single change of a choice."""
    for other in dict.fromkeys((kind, *search.kinds)):
        yield present_point(base, search, other)
    present = present_point(base, search, kind)
    for name, values in dimensions(base, search, kind).items():
        yield from ({**present, name: value} for value in values[1:])


def mixes(base: Mapping[str, Any], search: Search) -> Iterator[Point]:
    """Yield the mixes that a person wrote down, with each kind of model."""
    for mix in search.mixes:
        changes = {**{f"{FAMILY}{name}": "out" for name in mix.out}, **mix.settings}
        for kind in search.kinds:
            present = present_point(base, search, kind)
            yield {**present, **{name: value for name, value in changes.items() if name in present}}


def alternative(base: Mapping[str, Any], search: Search, point: Point) -> Alternative:
    """Return the changes that a point stands for."""
    left_out = [f for name, features in search.families.items() if point[f"{FAMILY}{name}"] == "out" for f in features]
    changes = {key: value for key, value in point.items() if "." in key and value != value_at(base, key)}
    if left_out:
        changes["features.exclude"] = list(dict.fromkeys([*value_at(base, "features.exclude"), *left_out]))
    if point.get(DIRECTIONS) == "none":
        changes |= _no_directions(base)
    if changes.get(REDUCTION):  # in place of reweighing
        changes.pop(REWEIGH, None)
        changes |= {REWEIGH: []} if value_at(base, REWEIGH) else {}
    return Alternative(point[KIND], dict(sorted(changes.items())))


def changed(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Config:
    """Return the settings with some keys changed, checked as params.yaml is."""
    return parse(Config, with_changes(base, changes), str(PARAMS))


def with_changes(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested settings with dotted keys set; a key that is not there is an error, but for a direction."""
    result = copy.deepcopy(dict(base))
    for key, value in changes.items():
        *parents, last = key.split(".")
        place = value_at(result, ".".join(parents))
        if not isinstance(place, dict) or (last not in place and last != "monotone"):
            raise UserError(f"{key}: there is no such setting in params.yaml.")
        place[last] = value
    return result


def value_at(settings: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted key; a direction that is not there is 0.

    Raises
    ------
    UserError
        If there is no such setting.
    """
    place: Any = settings
    for name in key.split("."):
        if not isinstance(place, Mapping) or name not in place:
            if name == "monotone":
                return 0
            raise UserError(f"{key}: there is no such setting in params.yaml.")
        place = place[name]
    return place


def _no_directions(base: Mapping[str, Any]) -> dict[str, int]:
    places = (("columns", base["data"]["columns"]), ("derived", base["data"]["derived"]))
    return {f"data.{group}.{n}.monotone": 0 for group, items in places for n, c in items.items() if c.get("monotone")}
