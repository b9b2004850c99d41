"""The network of the memory family: backbone, taps, and the distance to the nearest remembered feature.

One ONNX graph, written node by node:

    tiles uint8 (n, h, w, 3)
      └ normalise ─ backbone ─ taps s4, s8, s16 ─ averaged over 3x3 ─ brought to stride 8 ─┬─ features (n, c, h/8, w/8)
                                                                                           └ project ─ bank ─ score
    features   float32 (n, 152, h/8, w/8)   for the classifier and for teaching
    score      float32 (n, h, w)            distance to the bank; the card's threshold is in the same units
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shellmark_models.card import COLOUR, properties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STRIDE = 8
"""Pixels per step of the feature grid."""
FEATURE_COUNT = 152
"""Channels of the feature grid: 24 at stride 4, 32 at 8, 96 at 16."""
TILES, FEATURES, SCORE = "tiles", "features", "score"
_OPSET = 17
_IR_VERSION = 8


@dataclass(frozen=True, slots=True)
class Bank:
    """What the memory remembers.

    ``projection`` (c, d) and ``offset`` (d,) bring features to the space the distance is taken in; ``rows`` (k, d)
    are remembered features there and ``scales`` (k,) how far goods stray from each.
    """

    projection: NDArray[np.float32]
    offset: NDArray[np.float32]
    rows: NDArray[np.float32]
    scales: NDArray[np.float32]


class _Graph:
    """Collects nodes and constants; every call returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=output, **attributes))
        return output

    def resize(self, x: str, output: str, factor: int) -> str:
        scales = self.constant(f"{output}.scales", np.array([1, 1, factor, factor], np.float32))
        return self.node("Resize", [x, "", scales], output, mode="linear", coordinate_transformation_mode="half_pixel")


def _normalise(graph: _Graph, backbone: onnx.ModelProto, channels: tuple[str, ...]) -> str:
    """Tiles as the backbone wants them: (n, 3, h, w), red first, by the mean and deviation it was trained with."""
    facts = properties(backbone)
    mean, deviation = (np.float32(json.loads(facts[key])) for key in ("mean", "deviation"))
    x = graph.node("Transpose", [TILES], "tiles.planes", perm=[0, 3, 1, 2])
    if channels == COLOUR:
        x = graph.node("Gather", [x, graph.constant("red_first", np.array([2, 1, 0], np.int64))], "tiles.rgb", axis=1)
    x = graph.node("Cast", [x], "tiles.float", to=TensorProto.FLOAT)
    factor = graph.constant("tiles.factor", (1 / (255 * deviation)).reshape(1, 3, 1, 1).astype(np.float32))
    shift = graph.constant("tiles.shift", (-mean / deviation).reshape(1, 3, 1, 1).astype(np.float32))
    x = graph.node("Mul", [x, factor], "tiles.scaled")
    return graph.node("Add", [x, shift], "image")


def _gather_taps(graph: _Graph) -> str:
    """The taps, averaged over their neighbours, at one stride and side by side."""
    parts = [
        graph.node("AveragePool", ["s4"], "s4.at8", kernel_shape=[4, 4], strides=[2, 2], pads=[1] * 4),
        graph.node("AveragePool", ["s8"], "s8.at8", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4),
        graph.node("AveragePool", ["s16"], "s16.mean", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4),
    ]
    parts[2] = graph.resize(parts[2], "s16.at8", 2)
    return graph.node("Concat", parts, FEATURES, axis=1)


def _remember(graph: _Graph, bank: Bank, features: str) -> str:
    """Distance of every feature to its nearest row, in units of that row's scale, at the tile's own pixels.

    |z - r|^2 / s^2 is one inner product of (z, |z|^2, 1) with (-2 r, 1, |r|^2) / s^2, so one matrix product and one
    minimum search the whole bank.
    """
    width, dims = bank.projection.shape
    kernel = graph.constant("project.w", bank.projection.T.reshape(dims, width, 1, 1))
    z = graph.node("Conv", [features, kernel, graph.constant("project.b", bank.offset)], "project")
    z = graph.node("Transpose", [z], "project.last", perm=[0, 2, 3, 1])
    square = graph.node("ReduceSumSquare", [z], "project.square", axes=[3], keepdims=1)
    weight = 1 / np.square(bank.scales.astype(np.float64))
    rows = bank.rows.astype(np.float64)
    columns = np.vstack([-2 * rows.T * weight, weight]).astype(np.float32)
    both = graph.node("Concat", [z, square], "project.both", axis=3)
    product = graph.node("MatMul", [both, graph.constant("bank", columns)], "bank.product")
    constants = graph.constant("bank.square", (np.square(rows).sum(1) * weight).astype(np.float32))
    product = graph.node("Add", [product, constants], "bank.distance2")
    least = graph.node("ReduceMin", [product], "bank.least", axes=[3], keepdims=0)
    least = graph.node("Relu", [least], "bank.positive")
    distance = graph.node("Sqrt", [least], "bank.distance")
    plane = graph.node("Unsqueeze", [distance, graph.constant("axis1", np.array([1], np.int64))], "score.grid")
    full = graph.resize(plane, "score.plane", STRIDE)
    return graph.node("Squeeze", [full, "axis1"], SCORE)


def _finish(graph: _Graph, backbone: onnx.ModelProto, head: _Graph, outputs: list[Any]) -> onnx.ModelProto:
    """One model of the nodes before, of and after the backbone, without what no output needs."""
    tiles = helper.make_tensor_value_info(TILES, TensorProto.UINT8, ["n", "h", "w", 3])
    nodes = [*graph.nodes, *backbone.graph.node, *head.nodes]
    constants = [*graph.constants, *backbone.graph.initializer, *head.constants]
    nodes = _needed(nodes, {output.name for output in outputs})
    used = {name for node in nodes for name in node.input}
    constants = [constant for constant in constants if constant.name in used]
    body = helper.make_graph(nodes, "memory", [tiles], outputs, constants)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="shellmark")
    model.ir_version = _IR_VERSION
    onnx.checker.check_model(model)
    return model


def _needed(nodes: list[onnx.NodeProto], wanted: set[str]) -> list[onnx.NodeProto]:
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted |= set(node.input)
            kept.append(node)
    return kept[::-1]


def feature_graph(backbone: onnx.ModelProto, channels: tuple[str, ...]) -> onnx.ModelProto:
    """The network up to ``features`` only, for teaching."""
    return _build(backbone, channels, None)


def memory_graph(backbone: onnx.ModelProto, channels: tuple[str, ...], bank: Bank) -> onnx.ModelProto:
    """The whole network with the bank inside; outputs ``score`` and ``features``."""
    return _build(backbone, channels, bank)


def _build(backbone: onnx.ModelProto, channels: tuple[str, ...], bank: Bank | None) -> onnx.ModelProto:
    before, after = _Graph(), _Graph()
    _normalise(before, backbone, channels)
    features = _gather_taps(after)
    width: list[str | int | None] = ["n", FEATURE_COUNT, f"h/{STRIDE}", f"w/{STRIDE}"]
    outputs = [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, width)]
    if bank is not None:
        score = _remember(after, bank, features)
        outputs.insert(0, helper.make_tensor_value_info(score, TensorProto.FLOAT, ["n", "h", "w"]))
    return _finish(before, backbone, after, outputs)


def feature_part(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network of a whole model up to ``features`` only, which takes crops of any size."""
    body = model.graph
    nodes = _needed(list(body.node), {FEATURES})
    used = {name for node in nodes for name in node.input}
    constants = [constant for constant in body.initializer if constant.name in used]
    outputs = [output for output in body.output if output.name == FEATURES]
    part = helper.make_graph(nodes, "features", list(body.input), outputs, constants)
    made = helper.make_model(part, opset_imports=list(model.opset_import))
    made.ir_version = model.ir_version
    return made
