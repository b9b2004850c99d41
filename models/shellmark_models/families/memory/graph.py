"""The network of the memory family: the frozen features, and the distance to the nearest remembered one.

One ONNX graph, written node by node:

    tiles uint8 (n, h, w, 3) ─ (level) ─ features (n, c, h/8, w/8) ─ project ─ bank ─ score
    features   float32 (n, 128, h/8, w/8)   for the classifier and for teaching
    score      float32 (n, h, w)            distance to the bank; the card's threshold is in the same units
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper

from shellmark_models.card import COLOUR
from shellmark_models.features import FEATURES, STRIDE, Graph, begin, finish

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

SCORE = "score"


def levelled(channels: tuple[str, ...]) -> bool:
    """Whether the light is evened first: lamps stacked as planes throw shadows and age one by one, a photo does not."""
    return channels != COLOUR


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


def _remember(graph: Graph, bank: Bank, features: str) -> str:
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


def memory_graph(backbone: onnx.ModelProto, channels: tuple[str, ...], bank: Bank) -> onnx.ModelProto:
    """The whole network with the bank inside; outputs ``score`` and ``features``."""
    before, after, features = begin(backbone, channels, level=levelled(channels))
    score = _remember(after, bank, FEATURES)
    return finish(
        before, backbone, after, [helper.make_tensor_value_info(score, TensorProto.FLOAT, ["n", "h", "w"]), features]
    )
