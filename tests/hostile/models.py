"""Hostile ONNX: what the model of a bundle may not be."""

from itertools import pairwise

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.hostile.spoiling import MODEL, Case, attribute, graph_of, model, number, raw

T = "xgboost"
ML = "ai.onnx.ml"
FEATURES, VARIABLE = ["features"], ["variable"]


def _constant(name, value):
    return helper.make_node("Constant", [], [name], value=onnx.numpy_helper.from_array(value))


def _loop(times):
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["go"]), helper.make_node("Identity", ["v"], ["w"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, [None, 1]),
        ],
    )
    nodes = [
        _constant("times", np.array(times, dtype=np.int64)),
        _constant("true", np.array(True)),
        helper.make_node("ReduceSum", FEATURES, ["start"]),
        helper.make_node("Loop", ["times", "true", "start"], VARIABLE, body=body),
    ]
    return graph_of(*nodes)


def _chain(length):
    names = ["features", *(f"v{i}" for i in range(length - 1)), "variable"]
    return graph_of(*(helper.make_node("Identity", [a], [b]) for a, b in pairwise(names)))


def _append(proto, node):
    proto.graph.node.append(node)


def _deepest(proto):
    """Make a tree of 100,000 levels out of the ensemble."""
    depth = 100_000
    tables = {a.name: a for a in proto.graph.node[0].attribute}
    size = 2 * depth + 1
    is_leaf = np.arange(size) % 2 == 1
    is_leaf[-1] = True
    yes = np.where(is_leaf, 0, np.arange(size) + 1)
    no = np.where(is_leaf, 0, np.arange(size) + 2)
    leaves = np.flatnonzero(is_leaf)
    columns = {"nodes_treeids": np.zeros(size, int), "nodes_nodeids": np.arange(size), "nodes_truenodeids": yes}
    columns |= {"nodes_falsenodeids": no, "nodes_featureids": np.zeros(size, int)}
    columns |= {"nodes_missing_value_tracks_true": np.zeros(size, int), "target_nodeids": leaves}
    columns |= {"target_ids": np.zeros(len(leaves), int), "target_treeids": np.zeros(len(leaves), int)}
    for name, values in columns.items():
        tables[name].ints[:] = values.tolist()
    tables["nodes_values"].floats[:] = [0.0] * size
    tables["target_weights"].floats[:] = [0.0] * len(leaves)
    tables["nodes_modes"].strings[:] = [b"LEAF" if leaf else b"BRANCH_LT" for leaf in is_leaf]


def _external(proto):
    tensor = TensorProto(name="w", data_type=1, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../../../etc/passwd")
    proto.graph.initializer.append(tensor)


def _giant(proto):
    proto.graph.initializer.append(TensorProto(name="w", data_type=1, dims=[2**40, 2**20]))


def _properties(proto):
    proto.metadata_props.add(key="x", value="y" * 10_000_000)


def _function(proto):
    node = helper.make_node("Identity", ["a"], ["b"])
    proto.functions.append(helper.make_function("ours", "F", ["a"], ["b"], [node], [helper.make_opsetid("", 21)]))


def _shape(place, dims, kind=TensorProto.FLOAT):
    def edit(proto):
        found = getattr(proto.graph, place)[0]
        found.CopyFrom(helper.make_tensor_value_info(found.name, kind, dims))

    return model(edit)


def _renamed(place):
    def edit(proto):
        getattr(proto.graph, place)[0].name = "x"

    return model(edit)


def _opset(domain, version):
    def edit(proto):
        proto.opset_import[0].domain, proto.opset_import[0].version = domain, version

    return model(edit)


def _another_opset(domain, version):
    return model(lambda proto: proto.opset_import.append(helper.make_opsetid(domain, version)))


def _swap_strings(values):
    return attribute("nodes_modes", lambda found: found.strings.__setitem__(0, values))


def _leaf_table_short(found):
    del found.floats[-1]


def _node_table_short(found):
    del found.ints[-1]


def _back_to_the_root(found):
    inner = next(i for i, child in enumerate(found.ints) if i and child)
    found.ints[inner] = 0


def _all(value):
    def edit(found):
        found.ints[:] = [value] * len(found.ints)

    return edit


def _infinite_sum(found):
    found.floats[:] = [3e38] * len(found.floats)


def _nested(data):
    """Wrap a graph in 500 graphs, one in the attribute of the other."""
    graph = onnx.GraphProto(name="g").SerializeToString()
    for _ in range(500):
        inner = onnx.AttributeProto(name="body", type=onnx.AttributeProto.GRAPH)
        inner.g.ParseFromString(b"")
        body = b"\x32" + _length(graph) + graph  # field 6 of an attribute: a graph
        node = b"\x2a" + _length(body) + body  # field 5 of a node: an attribute
        graph = b"\x0a" + _length(node) + node  # field 1 of a graph: a node
    return data + b"\x3a" + _length(graph) + graph  # field 7 of a model: a graph


def _length(content):
    size, result = len(content), b""
    while size > 127:
        result += bytes([size % 128 + 128])
        size //= 128
    return result + bytes([size])


def _many_nodes(data):
    """Two graphs, one with 7.5 million empty operators: little to read and much to hold."""
    graph = b"\x0a\x00" * 7_500_000
    return data + b"\x3a" + _length(graph) + graph


MODELS = [
    Case("a Loop of 10^12", T, _loop(10**12)),
    Case("an If", T, graph_of(helper.make_node("If", FEATURES, VARIABLE))),
    Case("a Scan", T, graph_of(helper.make_node("Scan", FEATURES, VARIABLE, num_scan_inputs=1))),
    Case("a chain of 300,000 operators", T, _chain(300_000)),
    Case("7.5 million empty operators", T, raw(MODEL, _many_nodes)),
    Case("one Identity", T, graph_of(helper.make_node("Identity", FEATURES, VARIABLE))),
    Case("a random result", T, graph_of(helper.make_node("RandomNormalLike", FEATURES, VARIABLE))),
    Case(
        "a second operator behind the trees",
        T,
        model(lambda p: _append(p, helper.make_node("Neg", ["variable"], ["out"]))),
    ),
    Case(
        "another tree ensemble, a classifier",
        T,
        model(lambda p: setattr(p.graph.node[0], "op_type", "TreeEnsembleClassifier")),
    ),
    Case("an operator of a custom domain", T, model(lambda p: setattr(p.graph.node[0], "domain", "com.evil"))),
    Case("no domain of the operator", T, model(lambda p: setattr(p.graph.node[0], "domain", ""))),
    Case("opset 99", T, _opset(ML, 99)),
    Case("opset 0", T, _opset(ML, 0)),
    Case("opset -1", T, _opset(ML, -1)),
    Case("opset 3, which has other attributes", T, _opset(ML, 3)),
    Case("the opset of a custom domain", T, _opset("com.evil", 1)),
    Case("a second opset", T, _another_opset("", 21)),
    Case("a second opset of a custom domain", T, _another_opset("com.microsoft", 1)),
    Case("the same opset twice", T, _another_opset(ML, 1)),
    Case("no opset", T, model(lambda p: p.ClearField("opset_import"))),
    Case("an IR version of 2^60", T, model(lambda p: setattr(p, "ir_version", 2**60))),
    Case("no IR version", T, model(lambda p: p.ClearField("ir_version"))),
    Case("weights from another file", T, model(_external)),
    Case("an initialiser of 2^60 numbers", T, model(_giant)),
    Case("10 MB of metadata", T, model(_properties)),
    Case("a function", T, model(_function)),
    Case("training information", T, model(lambda p: p.training_info.add())),
    Case("a value beside input and output", T, model(lambda p: p.graph.value_info.add(name="x"))),
    Case("a second input", T, model(lambda p: p.graph.input.append(p.graph.input[0]))),
    Case("a second output", T, model(lambda p: p.graph.output.append(p.graph.output[0]))),
    Case("no output", T, model(lambda p: p.graph.ClearField("output"))),
    Case("no operator", T, model(lambda p: p.graph.ClearField("node"))),
    Case("no graph", T, model(lambda p: p.ClearField("graph"))),
    Case("an input of another name", T, _renamed("input")),
    Case("an output of another name", T, _renamed("output")),
    Case("an input of another width", T, _shape("input", [None, 22])),
    Case("an input of unknown width", T, _shape("input", [None, None])),
    Case("an input of one row", T, _shape("input", [1, 23])),
    Case("an input of three dimensions", T, _shape("input", [None, 23, 1])),
    Case("an input of -1 columns", T, _shape("input", [None, -1])),
    Case("an input of float64", T, _shape("input", [None, 23], TensorProto.DOUBLE)),
    Case("an input of text", T, _shape("input", [None, 23], TensorProto.STRING)),
    Case("an output of int64", T, _shape("output", [None, 1], TensorProto.INT64)),
    Case("an output of two columns", T, _shape("output", [None, 2])),
    Case("an output without a type", T, model(lambda p: p.graph.output[0].ClearField("type"))),
    Case("an operator that reads nothing", T, model(lambda p: p.graph.node[0].ClearField("input"))),
    Case("an operator that reads its output", T, model(lambda p: p.graph.node[0].input.__setitem__(0, "variable"))),
    Case("a cycle between two nodes", T, attribute("nodes_truenodeids", _back_to_the_root)),
    Case("a node that is its own child", T, number("nodes_truenodeids", 0, 0)),
    Case("a child that is not there", T, number("nodes_falsenodeids", 0, 10**6)),
    Case("a child of -1", T, number("nodes_falsenodeids", 0, -1)),
    Case("a child of 2^63 - 1", T, number("nodes_falsenodeids", 0, 2**63 - 1)),
    Case("both children the same", T, number("nodes_falsenodeids", 0, 1)),
    Case("a node id twice", T, number("nodes_nodeids", 1, 0)),
    Case("a node id of 2^62", T, number("nodes_nodeids", 1, 2**62)),
    Case("a tree id out of order", T, number("nodes_treeids", 0, 7)),
    Case("a tree id of -1", T, number("nodes_treeids", 0, -1)),
    Case("all nodes in one tree", T, attribute("nodes_treeids", _all(0))),
    Case("a tree of 100,000 levels", T, model(_deepest)),
    Case("a feature of -1", T, number("nodes_featureids", 0, -1)),
    Case("feature 23 of 23", T, number("nodes_featureids", 0, 23)),
    Case("a feature of 2^40", T, number("nodes_featureids", 0, 2**40)),
    Case("a missing value that goes to 7", T, number("nodes_missing_value_tracks_true", 0, 7)),
    Case("NaN as a split", T, number("nodes_values", 0, float("nan"))),
    Case("Infinity as a split", T, number("nodes_values", 0, float("inf"))),
    Case("NaN in a leaf", T, number("target_weights", 0, float("nan"))),
    Case("Infinity in a leaf", T, number("target_weights", 0, float("-inf"))),
    Case("leaves that overflow together", T, attribute("target_weights", _infinite_sum)),
    Case("NaN as the base", T, number("base_values", 0, float("nan"))),
    Case("another base", T, number("base_values", 0, -3.0)),
    Case("another split", T, number("nodes_values", 0, lambda value: value + 5)),
    Case(
        "another leaf",
        T,
        attribute("target_weights", lambda found: found.floats.__setitem__(slice(None), [-w for w in found.floats])),
    ),
    Case("a leaf of a second output", T, number("target_ids", 0, 1)),
    Case("a leaf of -1", T, number("target_ids", 0, -1)),
    Case("a weight of a tree that is not there", T, number("target_treeids", 0, 10**6)),
    Case("a weight of tree -1", T, number("target_treeids", 0, -1)),
    Case("a weight of a node that is no leaf", T, number("target_nodeids", 0, 0)),
    Case("a leaf with two weights", T, number("target_nodeids", 1, lambda node: node - 2)),
    Case("a leaf without a weight", T, attribute("target_weights", _leaf_table_short)),
    Case("a column of nodes that is short", T, attribute("nodes_featureids", _node_table_short)),
    Case("an empty column of nodes", T, attribute("nodes_featureids", lambda found: found.ClearField("ints"))),
    Case("a node of an unknown mode", T, _swap_strings(b"BRANCH_MEMBER")),
    Case("a node whose mode has a NUL", T, _swap_strings(b"BRANCH_LT\0")),
    Case("a node whose mode has 10 MB", T, _swap_strings(b"x" * 10_000_000)),
    Case("two outputs", T, attribute("n_targets", lambda found: setattr(found, "i", 2))),
    Case("2^40 outputs", T, attribute("n_targets", lambda found: setattr(found, "i", 2**40))),
    Case("-1 outputs", T, attribute("n_targets", lambda found: setattr(found, "i", -1))),
    Case("a transformed output", T, attribute("post_transform", lambda found: setattr(found, "s", b"PROBIT"))),
    Case(
        "the smallest leaf instead of the sum",
        T,
        model(lambda p: p.graph.node[0].attribute.append(helper.make_attribute("aggregate_function", "MIN"))),
    ),
    Case("an attribute twice", T, model(lambda p: p.graph.node[0].attribute.append(p.graph.node[0].attribute[0]))),
    Case(
        "an unknown attribute", T, model(lambda p: p.graph.node[0].attribute.append(helper.make_attribute("custom", 1)))
    ),
    Case("an attribute of another type", T, attribute("n_targets", lambda found: setattr(found, "type", 1))),
    Case("an attribute with two values", T, attribute("n_targets", lambda found: setattr(found, "s", b"x"))),
    Case("an attribute that is a graph", T, attribute("n_targets", lambda found: found.g.SetInParent())),
    Case(
        "an attribute that refers to a function's",
        T,
        attribute("n_targets", lambda found: setattr(found, "ref_attr_name", "x")),
    ),
    Case("an attribute missing", T, model(lambda p: p.graph.node[0].attribute.pop())),
    Case("an empty model", T, raw(MODEL, b"")),
    Case("a model of text", T, raw(MODEL, b"print('hello')")),
    Case("a pickle as a model", T, raw(MODEL, b"\x80\x04cos\nsystem\n(S'true'\ntR.")),
    Case("a model cut short", T, raw(MODEL, lambda data: data[:-100])),
    Case("a model with bytes behind it", T, raw(MODEL, lambda data: data + b"\xfa\x7f\x04evil")),
    Case("a model twice, one behind the other", T, raw(MODEL, lambda data: data + data)),
    Case("500 graphs in each other", T, raw(MODEL, _nested)),
]
