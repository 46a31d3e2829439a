"""Tree ensembles: packaged and scored as ONNX, and whether their tables are trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from takeback.data.expressions import Array

INPUT = "features"


@dataclass(frozen=True)
class TreeEnsemble:
    """An ONNX tree ensemble that gives the log-odds of default; loading it runs no code."""

    inputs: tuple[str, ...]
    onnx: bytes
    session: onnxruntime.InferenceSession

    def margin(self, matrix: Array) -> Array:
        """Return the log-odds, shape (n,), float64, for a float32 matrix of shape (n, len(inputs))."""
        return self.session.run(None, {INPUT: matrix})[0][:, 0].astype(np.float64)


def tree_ensemble(inputs: Sequence[str], onnx: bytes) -> TreeEnsemble:
    """Open a packaged ensemble.

    The session has one thread: with two, onnxruntime adds the trees of a small batch in another order, and the same
    applicant gets other bits alone than in a large batch. Batches use more processors by scoring pieces side by side.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    return TreeEnsemble(tuple(inputs), onnx, session)


MOST_NODES = 500_000
MOST_DEPTH = 32  # conf/ allows trees of 20
BRANCH, LEAF = b"BRANCH_LT", b"LEAF"


def check_trees(tables: Mapping[str, Array], width: int) -> None:
    """Check the attributes of an ensemble of one output.

    Parameters
    ----------
    tables
        The attributes by name, each of shape (number of nodes,) or, from ``target_``, (number of leaves,).
    width
        How many inputs there are.

    Raises
    ------
    ValueError
        If they are no trees; what is wrong.
    """
    node, target = ({name: tables[name] for name in tables if name.startswith(of)} for of in ("nodes_", "target_"))
    tree, leaf = tables["nodes_treeids"], tables["nodes_modes"] == LEAF
    _expect(len({len(column) for column in node.values()}) == 1, "columns of nodes of unequal length")
    _expect(len({len(column) for column in target.values()}) == 1, "columns of leaves of unequal length")
    _expect(0 < len(tree) <= MOST_NODES, f"{len(tree)} nodes, expected 1 to {MOST_NODES}")
    _expect(bool((leaf | (tables["nodes_modes"] == BRANCH)).all()), "a node that is neither BRANCH_LT nor LEAF")
    _expect(tree[0] == 0 and bool(np.isin(np.diff(tree), (0, 1)).all()), "trees that are not numbered in order")
    first = np.flatnonzero(np.diff(tree, prepend=-1))
    place = np.arange(len(tree)) - first[tree]
    _expect(np.array_equal(tables["nodes_nodeids"], place), "nodes that are not numbered in order")
    children = _children(tables, np.flatnonzero(~leaf), first, place)
    _check_depth(children, first)
    _check_columns(tables, width)
    _check_leaves(tables, np.flatnonzero(leaf), first)


def _children(tables: Mapping[str, Array], branches: Array, first: Array, place: Array) -> Array:
    """Return the positions of both children of each node, shape (2, n), -1 of a leaf."""
    tree = tables["nodes_treeids"]
    size = np.diff(first, append=len(tree))[tree][branches]
    result = np.full((2, len(tree)), -1)
    for side, name in enumerate(("nodes_truenodeids", "nodes_falsenodeids")):
        child = tables[name][branches]
        _expect(bool(((child > place[branches]) & (child < size)).all()), "a child that does not come after its parent")
        result[side, branches] = child + first[tree][branches]
    parents = np.bincount(result[result >= 0], minlength=len(tree))
    parents[first] += 1
    _expect(bool((parents == 1).all()), "a node with no parent or with two")
    return result


def _check_depth(children: Array, first: Array) -> None:
    level = first
    for _ in range(MOST_DEPTH + 1):
        below = children[:, level]
        level = below[below >= 0]
        if not len(level):
            return
    raise ValueError(f"a tree deeper than {MOST_DEPTH}")


def _check_columns(tables: Mapping[str, Array], width: int) -> None:
    feature, missing = tables["nodes_featureids"], tables["nodes_missing_value_tracks_true"]
    _expect(bool(((feature >= 0) & (feature < width)).all()), f"a feature that is not one of {width}")
    _expect(bool(np.isin(missing, (0, 1)).all()), "a missing value that goes neither way")
    for name in ("nodes_values", "target_weights", "base_values"):
        _expect(bool(np.isfinite(tables[name]).all()), f"a value in {name} that is not finite")
    _expect(len(tables["base_values"]) == 1, "not one base value")


def _check_leaves(tables: Mapping[str, Array], leaves: Array, first: Array) -> None:
    tree, node = tables["target_treeids"], tables["target_nodeids"]
    _expect(bool(((tree >= 0) & (tree < len(first))).all()), "a weight of a tree that is not there")
    _expect(np.array_equal(np.sort(first[tree] + node), leaves), "leaves without one weight each")
    _expect(not tables["target_ids"].any(), "a weight of a second output")


def _expect(met: bool, otherwise: str) -> None:
    if not met:
        raise ValueError(f"it has {otherwise}")
