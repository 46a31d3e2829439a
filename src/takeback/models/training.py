"""What every candidate is trained on, and what each row counts."""

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from takeback.config.candidate_settings import RULE, ClassWeight
from takeback.config.params import Config
from takeback.data.encoding import directions, encoded_names, matrix
from takeback.data.expressions import Array

if TYPE_CHECKING:
    from takeback.preparation.parts import Part


class Training(NamedTuple):
    """A matrix of shape (n, d), float32; outcomes of shape (n,), 1 for a default; d encoded names and directions.

    ``groups`` has each protected attribute's groups, shape (n,): to watch while a model learns, never to learn from.
    ``weight``, shape (n,), is what each row counts in the loss; None for 1. ``sensitive``, shape (n,), is the group of
    each row that a reduction reads; None without one.
    """

    matrix: Array
    bad: Array
    names: tuple[str, ...]
    directions: tuple[int, ...]
    groups: Mapping[str, Array]
    weight: Array | None = None
    sensitive: Array | None = None

    def rows(self, mask: Array) -> "Training":
        """Return the rows of a mask."""
        groups = {name: members[mask] for name, members in self.groups.items()}
        weight, sensitive = (None if values is None else values[mask] for values in (self.weight, self.sensitive))
        matrix, bad = self.matrix[mask], self.bad[mask]
        return self._replace(matrix=matrix, bad=bad, groups=groups, weight=weight, sensitive=sensitive)


def training_of(settings: Config, name: str, part: "Part", selected: Sequence[str]) -> Training:
    """Return what a candidate is trained on: the selected features of a part, or what the rule asks for."""
    contract = settings.data
    inputs = tuple(settings.rule.points) if name == RULE else encoded_names(contract, selected)
    bad, groups = part.bad.to_numpy(), {attribute: members.to_numpy() for attribute, members in part.groups.items()}
    weight = reweighing(bad, [groups[attribute] for attribute in settings.training.reweigh])
    reduction = settings.training.reduction
    sensitive = combined([groups[attribute] for attribute in reduction.by]) if reduction else None
    values = matrix(contract, part.columns, inputs)
    return Training(values, bad, inputs, directions(contract, inputs), groups, weight, sensitive)


def passed_to_fit(data: Training) -> dict[str, Array | None]:
    """Return what an estimator learns from beside matrix and outcomes, by the name in its ``fit``."""
    return {"sample_weight": data.weight, "sensitive_features": data.sensitive}


def taken(estimator: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the ``fit`` of an estimator takes of ``given``; of a Pipeline, what its last step takes."""
    if hasattr(estimator, "steps"):
        name, last = estimator.steps[-1]
        return {f"{name}__{key}": value for key, value in taken(last, given).items()}
    accepted = inspect.signature(estimator.fit).parameters
    return {key: value for key, value in given.items() if key in accepted}


def tree_parameters(settings: Any, data: Training) -> dict[str, Any]:
    """Return the XGBoost parameters that forest and boosting share; ``settings`` is one of the two estimators."""
    return {
        "tree_method": "hist",
        "max_depth": settings.max_depth,
        "min_child_weight": settings.min_child_weight,
        "subsample": settings.subsample,
        "reg_lambda": settings.l2,
        "max_bin": settings.max_bin,
        "monotone_constraints": monotone_text(data.directions),
    }


def monotone_text(directions: Sequence[int]) -> str:
    """Return directions in XGBoost's form, ``(1,0,-1)``."""
    return f"({','.join(map(str, directions))})"


def row_weights(data: Training, kind: ClassWeight) -> Array:
    """Return the weight of each row of the training data, shape (n,): its class weight times its own weight."""
    weights = class_weights(data.bad, kind)
    return weights if data.weight is None else weights * data.weight


def class_weights(bad: Array, kind: ClassWeight) -> Array:
    """Return a weight per row, shape (n,): 1, or such that good and bad applicants weigh the same in total."""
    if kind == "none":
        return np.ones(len(bad))
    share = bad.mean()
    return np.where(bad == 1, 0.5 / share, 0.5 / (1 - share))


def reweighing(bad: Array, groups: Sequence[Array]) -> Array:
    """Return weights with which group and outcome are independent, shape (n,).

    Kamiran and Calders (2012), "Data preprocessing techniques for classification without discrimination": a row of
    group g and outcome y weighs P(g) P(y) / P(g, y), shares of the rows. The bad rate as a whole stays what it is, and
    each group's becomes the same, as far as every combination has both outcomes: no weight makes up for rows that are
    not there. The groups touch the loss of training alone: no model reads them.

    Parameters
    ----------
    bad
        Outcomes, shape (n,).
    groups
        The groups of one or more attributes, each of shape (n,), text; of several, each combination is a group.
    """
    if not groups:
        return np.ones(len(bad))
    member = np.unique(combined(groups), return_inverse=True)[1]
    cell = 2 * member + (bad == 1)
    in_cell, in_group = np.bincount(cell)[cell], np.bincount(member)[member]
    in_class = np.where(bad == 1, (bad == 1).sum(), (bad != 1).sum())
    return in_group * in_class / (in_cell * len(bad))


def combined(groups: Sequence[Array]) -> Array:
    """Return each row's combination of groups, shape (n,), text: no two combinations have the same."""
    return np.array([repr(row) for row in zip(*(map(str, members) for members in groups), strict=True)])
