"""What each row counts in training."""

from collections.abc import Sequence

import numpy as np

from takeback.config import ClassWeight
from takeback.data.expressions import Array
from takeback.models.training import Training


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
    member = np.unique(np.column_stack([np.asarray(g, dtype=str) for g in groups]), axis=0, return_inverse=True)[1]
    cell = 2 * member.ravel() + (bad == 1)
    in_cell, in_group = np.bincount(cell)[cell], np.bincount(member.ravel())[member.ravel()]
    in_class = np.where(bad == 1, (bad == 1).sum(), (bad != 1).sum())
    return in_group * in_class / (in_cell * len(bad))
