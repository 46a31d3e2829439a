"""From a table of checked columns to the numbers that a model sees, and where they are cut. Nothing here is fitted."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from takeback.data.contract import Contract
from takeback.data.expressions import Array, Columns, evaluate


def feature_of(encoded: str) -> str:
    """Return the feature that an encoded name belongs to: ``housing=own`` is part of ``housing``."""
    return encoded.partition("=")[0]


def encoded_names(contract: Contract, features: Iterable[str]) -> tuple[str, ...]:
    """Return the matrix columns of some features: a number or ordered category is one, any other one per level."""
    return tuple(name for feature in features for name in _encoded(contract, feature))


def with_derived(contract: Contract, columns: Columns, features: Iterable[str]) -> dict[str, Array]:
    """Return ``columns`` and, computed from them, those of ``features`` that are derived."""
    wanted = {name: contract.derived[name].expression for name in features if name in contract.derived}
    derived = {name: evaluate(text, columns, contract.levels) for name, text in wanted.items()}
    return {**columns, **derived}


def matrix(contract: Contract, columns: Columns, names: Sequence[str]) -> Array:
    """Build a model's input.

    Parameters
    ----------
    contract
        The data contract.
    columns
        Checked columns, each of shape (n,), float64, NaN where missing.
    names
        Encoded names, as `encoded_names` gives them.

    Returns
    -------
    numpy.ndarray
        Shape (n, len(names)), float32, in the order of ``names``.
    """
    everything = with_derived(contract, columns, dict.fromkeys(map(feature_of, names)))
    result = np.empty((len(next(iter(columns.values()))), len(names)), dtype=np.float32)
    for position, name in enumerate(names):
        result[:, position] = _encode(contract, everything, name)
    return result


def directions(contract: Contract, names: Sequence[str]) -> tuple[int, ...]:
    """Return the monotone direction of each matrix column, from the contract."""
    return tuple(contract.monotone(feature_of(name)) for name in names)


def _encoded(contract: Contract, feature: str) -> list[str]:
    column = contract.columns.get(feature)
    if column is None or column.type == "number" or column.ordered:
        return [feature]
    return [f"{feature}={level}" for level in column.values]


def _encode(contract: Contract, columns: Mapping[str, Array], name: str) -> Array:
    feature, one_level, level = name.partition("=")
    values = columns[feature]
    if not one_level:
        return values
    return np.where(np.isnan(values), np.nan, values == contract.columns[feature].places[level])


FEW_VALUES = 16


def bin_edges(values: Array, bins: int) -> tuple[float, ...]:
    """Return where to cut: rising float32 values, at inner quantiles, the first above the lowest value.

    A feature of few distinct values (months, counts) is cut at each of them: quantiles would put a rare and telling
    value, such as two months late, into one bin with the common one.
    """
    present = values[~np.isnan(values)]
    if not len(present):
        return ()
    distinct = np.unique(present)
    if len(distinct) <= FEW_VALUES:
        return tuple(float(value) for value in distinct[1:])
    cuts = np.unique(np.quantile(present, np.arange(1, bins) / bins, method="higher").astype(np.float32))
    return tuple(float(cut) for cut in cuts if cut > present.min())
