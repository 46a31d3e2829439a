"""From the trees of scikit-learn and LightGBM to the one form of trees that a bundle holds.

The converters of skl2onnx and onnxmltools give several operators, and round a threshold to the nearest float32, so that
a value between the two goes the other way. Here ``x <= t`` becomes ``x < s``, which holds for the same float32 values.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from onnx import TensorProto, checker, helper

from takeback.data.expressions import Array
from takeback.models.onnx_form import OPERATOR, OPSETS, OUTPUT
from takeback.models.tree_ensemble import BRANCH, INPUT, LEAF, TreeEnsemble, tree_ensemble

IR_VERSION = 8


class Nodes(NamedTuple):
    """One tree, children after their parents; every column of shape (nodes,).

    ``left`` is the child where ``feature <= threshold``, and 0 of a leaf; ``missing_left`` is whether a missing value
    goes there too; ``value`` is what a leaf adds.
    """

    feature: Array
    threshold: Array
    missing_left: Array
    left: Array
    right: Array
    value: Array


def trees_to_onnx(trees: Sequence[Nodes], base: float, names: Sequence[str]) -> TreeEnsemble:
    """Return an ensemble whose margin is ``base`` and the sum of its trees' leaves."""
    size = [len(tree.left) for tree in trees]
    number = np.repeat(np.arange(len(trees)), size)
    place = np.concatenate([np.arange(n) for n in size])
    columns = {field: np.concatenate([getattr(tree, field) for tree in trees]) for field in Nodes._fields}
    leaf = columns["left"] == 0
    inner: dict[str, Array] = {
        "nodes_featureids": columns["feature"],
        "nodes_values": _below(columns["threshold"]),
        "nodes_truenodeids": columns["left"],
        "nodes_falsenodeids": columns["right"],
        "nodes_missing_value_tracks_true": columns["missing_left"],
    }
    tables = {name: np.where(leaf, 0, values) for name, values in inner.items()}
    tables |= {"nodes_treeids": number, "nodes_nodeids": place, "nodes_modes": np.where(leaf, LEAF, BRANCH)}
    tables |= {"target_treeids": number[leaf], "target_nodeids": place[leaf], "target_ids": 0 * place[leaf]}
    tables |= {"target_weights": columns["value"][leaf], "base_values": np.array([base])}
    return tree_ensemble(names, _model({name: _plain(values) for name, values in tables.items()}, len(names)))


def _below(threshold: Array) -> Array:
    """Return the s of float32 for which ``x < s`` is ``x <= threshold``, for x of float32."""
    with np.errstate(over="ignore"):
        nearest = threshold.astype(np.float32)
        lower = np.where(nearest > threshold, np.nextafter(nearest, np.float32(-np.inf)), nearest)
        above = np.nextafter(lower, np.float32(np.inf))
    above = np.where(lower == 0, np.finfo(np.float32).tiny, above)  # a processor may take a smaller number for 0
    return np.minimum(above, np.finfo(np.float32).max)


def _plain(values: Array) -> Any:
    return values.astype(np.float32).tolist() if values.dtype.kind == "f" else values.tolist()


def _model(tables: dict[str, Any], width: int) -> bytes:
    domain, operator = OPERATOR
    fixed: Any = {"n_targets": 1, "post_transform": "NONE"}
    node = helper.make_node(operator, [INPUT], [OUTPUT], domain=domain, **tables, **fixed)
    places = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, w]) for n, w in ((INPUT, width), (OUTPUT, 1))]
    graph = helper.make_graph([node], "takeback", places[:1], places[1:])
    opsets = [helper.make_opsetid(*each) for each in OPSETS]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def histogram_trees(estimator: Any) -> tuple[list[Nodes], float]:
    """Return the trees of `HistGradientBoostingClassifier`, and the log-odds that they are added to."""
    found = [trees[0].nodes for trees in estimator._predictors]  # they have no public name
    if any(nodes["is_categorical"].any() for nodes in found):
        raise ValueError("it has splits of categories; the contract's categories are numbers already")
    return [_histogram_tree(nodes) for nodes in found], float(estimator._baseline_prediction.ravel()[0])


def _histogram_tree(nodes: Array) -> Nodes:
    left = np.where(nodes["is_leaf"], 0, nodes["left"]).astype(int)
    feature, missing = nodes["feature_idx"].astype(int), nodes["missing_go_to_left"].astype(int)
    return Nodes(feature, nodes["num_threshold"], missing, left, nodes["right"].astype(int), nodes["value"])


def averaged_trees(estimator: Any) -> tuple[list[Nodes], float]:
    """Return the trees of a forest or a single tree of scikit-learn; their sum is the mean share of bads."""
    trees = [each.tree_ for each in getattr(estimator, "estimators_", [estimator])]
    return [_averaged_tree(tree, len(trees)) for tree in trees], 0.0


def _averaged_tree(tree: Any, number: int) -> Nodes:
    leaf = tree.children_left < 0
    left, right = (np.where(leaf, 0, child) for child in (tree.children_left, tree.children_right))
    share = tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)
    missing = tree.missing_go_to_left.astype(int)
    return Nodes(np.where(leaf, 0, tree.feature), tree.threshold, missing, left, right, share / number)


def lightgbm_trees(estimator: Any) -> tuple[list[Nodes], float]:
    """Return the trees of LightGBM, as its own dump has them."""
    dump = estimator.booster_.dump_model()
    if dump["average_output"]:
        raise ValueError("it averages its trees; expected boosting_type gbdt, dart or goss")
    return [_lightgbm_tree(tree["tree_structure"]) for tree in dump["tree_info"]], 0.0


def _lightgbm_tree(root: dict[str, Any]) -> Nodes:
    rows: list[list[float]] = []

    def add(node: dict[str, Any]) -> int:
        place = len(rows)
        rows.append([0, 0.0, 0, 0, 0, node.get("leaf_value", 0.0)])
        if "split_feature" in node:
            if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
                raise ValueError("it has splits of categories, or takes 0 for missing")
            threshold = float(node["threshold"])
            # LightGBM takes a missing value for 0 where it saw none in training.
            missing = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
            left, right = add(node["left_child"]), add(node["right_child"])
            rows[place] = [node["split_feature"], threshold, int(missing), left, right, 0.0]
        return place

    add(root)
    columns = np.array(rows).T
    kinds: Iterator[Callable[[Array], Array]] = iter([_whole, np.asarray, _whole, _whole, _whole, np.asarray])
    return Nodes(*(kind(column) for kind, column in zip(kinds, columns, strict=True)))


def _whole(column: Array) -> Array:
    return column.astype(int)
