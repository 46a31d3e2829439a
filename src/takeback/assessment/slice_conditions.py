"""What a slice can be made of: a bin of a number, a level of a category, a protected group."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from takeback.data.contract import Contract, group_labels
from takeback.data.encoding import with_derived
from takeback.data.expressions import Array
from takeback.preparation.parts import Part

BINS = 5
EDGE_DIGITS = 3  # edges are to be read


class Conditions(NamedTuple):
    """The words of d conditions that some meet and some do not, the feature of each, and who meets them.

    ``found`` has shape (n, d) for the part that slices are found on, ``measured`` shape (m, d) for the other; 1 or 0.
    """

    words: tuple[str, ...]
    features: Array
    found: Array
    measured: Array


def conditions(contract: Contract, found: Part, measured: Part) -> Conditions:
    """Cut every feature of the contract, and every protected attribute, into conditions.

    Protected attributes are there because this is an audit: they never reach a model.

    Parameters
    ----------
    contract
        The data contract.
    found
        The part whose quantiles are the edges of a number's bins.
    measured
        The part that is cut at the same edges.
    """
    both = [with_derived(contract, part.columns, contract.features) for part in (found, measured)]
    cuts = [_cut(contract, name, both[0][name], both[1][name]) for name in contract.features]
    cuts += [_groups(contract, name, found.groups[name], measured.groups[name]) for name in contract.protected]
    words = [word for some, _, _ in cuts for word in some]
    features = np.repeat(np.arange(len(cuts)), [len(some) for some, _, _ in cuts])
    first = np.hstack([np.eye(len(some))[code] for some, code, _ in cuts])
    second = np.hstack([np.eye(len(some))[code] for some, _, code in cuts])
    of_some = np.ptp(first, axis=0) > 0
    kept = tuple(words[i] for i in np.flatnonzero(of_some))
    return Conditions(kept, features[of_some], first[:, of_some], second[:, of_some])


def _groups(contract: Contract, name: str, found: Array, measured: Array) -> tuple[list[str], Array, Array]:
    attribute = contract.protected[name]
    labels = group_labels(attribute, contract.columns[attribute.column])
    codes = [np.select([members == label for label in labels], range(len(labels))) for members in (found, measured)]
    return [f"{name} is {label}" for label in labels], codes[0], codes[1]


def _cut(contract: Contract, name: str, found: Array, measured: Array) -> tuple[list[str], Array, Array]:
    """Return the words of each condition of a feature, and which of them each row of the two parts meets."""
    if name in contract.levels:
        edges = np.arange(1, len(contract.levels[name]))  # a category is the position of its level
        words = [f"{name} is {level}" for level in contract.levels[name]]
    else:
        edges = _edges(found)
        words = _bins(name, edges)
    first, second = (
        np.where(np.isnan(values), len(words), np.searchsorted(edges, values, side="right"))
        for values in (found, measured)
    )
    return [*words, f"{name} is missing"], first, second


def _edges(values: Array) -> Array:
    known = values[~np.isnan(values)]
    if not len(known):
        return known
    return np.unique([float(f"{edge:.{EDGE_DIGITS}g}") for edge in np.quantile(known, np.arange(1, BINS) / BINS)])


def _bins(name: str, edges: Array) -> list[str]:
    texts = [f"{edge:g}" for edge in edges]
    if not texts:
        return [f"{name} is known"]
    between = [f"{low} <= {name} < {high}" for low, high in pairwise(texts)]
    return [f"{name} < {texts[0]}", *between, f"{name} >= {texts[-1]}"]
