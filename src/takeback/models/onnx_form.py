"""What the ONNX file of a model may hold: one tree ensemble, as our converter writes it, and nothing else.

onnxruntime would run any graph that it is given: loops without end, weights from other files, operators of other
libraries. So what is allowed is listed here, and everything else is refused before onnxruntime sees it.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError, Message
from onnx import AttributeProto, ModelProto, TensorProto
from onnx.helper import make_tensor_value_info

from takeback.data.expressions import Array
from takeback.models.tree_ensemble import BRANCH, INPUT, LEAF, check_trees

OUTPUT = "variable"
OPERATOR = ("ai.onnx.ml", "TreeEnsembleRegressor")
OPSETS = [("ai.onnx.ml", 1)]
ABOUT = {"producer_name", "producer_version", "domain", "model_version", "doc_string"}
TABLES = {
    AttributeProto.INTS: (
        *("nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"),
        *("nodes_missing_value_tracks_true", "target_treeids", "target_nodeids", "target_ids"),
    ),
    AttributeProto.FLOATS: ("nodes_values", "target_weights", "base_values"),
    AttributeProto.STRINGS: ("nodes_modes",),
}
FIXED = {"n_targets": (AttributeProto.INT, 1), "post_transform": (AttributeProto.STRING, b"NONE")}
VALUES = {
    AttributeProto.INT: "i",
    AttributeProto.STRING: "s",
    AttributeProto.INTS: "ints",
    AttributeProto.FLOATS: "floats",
    AttributeProto.STRINGS: "strings",
}
KINDS = {AttributeProto.INTS: np.int64, AttributeProto.FLOATS: np.float32, AttributeProto.STRINGS: np.bytes_}


def check_onnx(content: bytes, width: int) -> None:
    """Check the bytes of a packaged model.

    Parameters
    ----------
    content
        An ONNX file.
    width
        How many inputs the model is declared to have.

    Raises
    ------
    ValueError
        If it is anything else than one tree ensemble of that width; what is wrong.
    """
    model = _parsed(content)
    _only(model, {"ir_version", "opset_import", "graph"}, ABOUT)
    if (found := [(opset.domain, opset.version) for opset in model.opset_import]) != OPSETS:
        raise ValueError(f"it has operator sets {found}, expected {OPSETS}")
    if model.ir_version < 1:
        raise ValueError(f"it has version {model.ir_version}, expected one from 1 on")
    graph = model.graph
    _only(graph, {"node", "name", "input", "output"}, {"doc_string"})
    if len(graph.node) != 1:
        raise ValueError(f"it has {len(graph.node)} operators, expected one tree ensemble")
    _check_places(graph, width)
    check_trees(_tables(graph.node[0]), width)


def _parsed(content: bytes) -> Any:
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        raise ValueError("it is not readable as ONNX") from None
    model.DiscardUnknownFields()
    if model.SerializeToString(deterministic=True) != content:  # two graphs would be merged, by each reader its own way
        raise ValueError("it has bytes that are no part of the model")
    return model


def _check_places(graph: Any, width: int) -> None:
    """Check that there is one input and one output, and that the operator stands between them."""
    places = {"input": (graph.input, INPUT, width), "output": (graph.output, OUTPUT, 1)}
    for kind, (found, name, columns) in places.items():
        if list(found) != [make_tensor_value_info(name, TensorProto.FLOAT, [None, columns])]:
            raise ValueError(f"expected one {kind}, {name!r}, of float32 and shape (n, {columns})")
    node = graph.node[0]
    _only(node, {"input", "output", "op_type", "domain", "attribute"}, {"name", "doc_string"})
    if (node.domain, node.op_type) != OPERATOR or [*node.input, *node.output] != [INPUT, OUTPUT]:
        raise ValueError(f"it has the operator {node.domain[:50]!r} {node.op_type[:50]!r}, expected {OPERATOR}")


def _tables(node: Any) -> dict[str, Array]:
    found = {attribute.name: attribute for attribute in node.attribute}
    kinds = {name: kind for kind, names in TABLES.items() for name in names}
    kinds |= {name: kind for name, (kind, _) in FIXED.items()}
    if set(found) != set(kinds) or len(node.attribute) != len(kinds):
        raise ValueError(f"its tree ensemble has other attributes than {', '.join(sorted(kinds))}")
    for name, kind in kinds.items():
        _only(found[name], {"name", "type", VALUES[kind]})
        if found[name].type != kind:
            raise ValueError(f"its attribute {name} is of another type")
    if any(getattr(found[name], VALUES[kind]) != value for name, (kind, value) in FIXED.items()):
        raise ValueError("its tree ensemble has more than one output, or a transformed one")
    if others := set(found["nodes_modes"].strings) - {BRANCH, LEAF}:
        raise ValueError(f"its tree ensemble has nodes of the kind {min(others)[:20]!r}")
    return {n: np.array(getattr(found[n], VALUES[kind]), dtype=KINDS[kind]) for kind in TABLES for n in TABLES[kind]}


def _only(message: Message, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    found = {field.name for field, _ in message.ListFields()}
    if others := found - {*required, *optional}:
        raise ValueError(f"its {message.DESCRIPTOR.name} has {', '.join(sorted(others))}, which no model of ours has")
    if absent := {*required} - found:
        raise ValueError(f"its {message.DESCRIPTOR.name} has no {', '.join(sorted(absent))}")
