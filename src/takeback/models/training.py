"""What every candidate is trained on."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from takeback.config import Trees
from takeback.data.expressions import Array


class Training(NamedTuple):
    """A matrix of shape (n, d), float32; outcomes of shape (n,), 1 for a default; d encoded names and directions.

    ``groups`` has each protected attribute's groups, shape (n,): to watch while a model learns, never to learn from.
    ``weight``, shape (n,), is what each row counts in the loss; None for 1.
    """

    matrix: Array
    bad: Array
    names: tuple[str, ...]
    directions: tuple[int, ...]
    groups: Mapping[str, Array]
    weight: Array | None = None

    def rows(self, mask: Array) -> "Training":
        """Return the rows of a mask."""
        groups = {name: members[mask] for name, members in self.groups.items()}
        weight = None if self.weight is None else self.weight[mask]
        return self._replace(matrix=self.matrix[mask], bad=self.bad[mask], groups=groups, weight=weight)


def tree_parameters(settings: Trees, data: Training) -> dict[str, Any]:
    """Return the XGBoost parameters that forest and boosting share."""
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
