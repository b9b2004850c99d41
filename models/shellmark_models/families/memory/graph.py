"""The network of the memory family: the frozen features, and the distance to the nearest remembered one.

One ONNX graph, written node by node; for each backbone b:

    tiles uint8 (n, h, w, 3) ─ (level) ─ b ─ taps ─ features ─ project ─ bank ─ distance
    inside float32 (n, 1, h/8, w/8): 1 where a cell is looked at
    b.features float32 (n, c, h/8, w/8)   what teaching gathers
    b.sums     float32 (n, 2, c)          of each channel of the taps, and of its square, over the cells looked at
    b.distance float32 (n, h/8, w/8)      to the bank of good shells
    b.known    float32 (n, h/8, w/8)      to the bank of defects that were once missed; only where there are some
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper

from shellmark_models.features import TILES, Graph, assemble, load_backbone, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shellmark_models.families.memory.plan import Plan

INSIDE = "inside"
SIDE_BY_SIDE = ("s8", "s16")
ROWS_AT_ONCE = 2048
"""Rows searched in one piece, so that a large bank needs time but no more memory."""


@dataclass(frozen=True, slots=True)
class Bank:
    """What is remembered of one backbone's features.

    ``projection`` (c, d) and ``offset`` (d,) bring features to the space the distance is taken in; ``rows`` (k, d)
    are remembered features there and ``scales`` (k,) how far goods stray from each. ``defects`` (m, d) are features
    of defects that were once missed.
    """

    projection: NDArray[np.float32]
    offset: NDArray[np.float32]
    rows: NDArray[np.float32]
    scales: NDArray[np.float32]
    defects: NDArray[np.float32]


def _nearest(
    graph: Graph, z: str, square: str, name: str, rows: NDArray[np.float32], scales: NDArray[np.float32]
) -> str:
    """Distance of every feature to its nearest row, in units of that row's scale (n, h/8, w/8).

    |z - r|^2 / s^2 is one inner product of (z, |z|^2, 1) with (-2 r, 1, |r|^2) / s^2, so one matrix product and one
    minimum search a piece of the bank.
    """
    both = graph.node("Concat", [z, square], f"{name}.both", axis=3)
    pieces = range(0, len(rows), ROWS_AT_ONCE)
    found = []
    for at in pieces:
        part = name if len(pieces) == 1 else f"{name}.{at}"
        found.append(_least(graph, both, part, rows[at : at + ROWS_AT_ONCE], scales[at : at + ROWS_AT_ONCE]))
    least = found[0] if len(found) == 1 else graph.node("Min", found, f"{name}.least")
    least = graph.node("Relu", [least], f"{name}.positive")
    return graph.node("Sqrt", [least], name)


def _least(graph: Graph, both: str, name: str, rows: NDArray[np.float32], scales: NDArray[np.float32]) -> str:
    """The least square of the distance to any of some rows (n, h/8, w/8)."""
    weight = 1 / np.square(scales.astype(np.float64))
    exact = rows.astype(np.float64)
    columns = np.vstack([-2 * exact.T * weight, weight]).astype(np.float32)
    product = graph.node("MatMul", [both, graph.constant(f"{name}.bank", columns)], f"{name}.product")
    constants = graph.constant(f"{name}.square", (np.square(exact).sum(1) * weight).astype(np.float32))
    product = graph.node("Add", [product, constants], f"{name}.distance2")
    return graph.node("ReduceMin", [product], f"{name}.least", axes=[3], keepdims=0)


def _search(graph: Graph, name: str, bank: Bank) -> list[str]:
    """The distances of one backbone's features."""
    width, dims = bank.projection.shape
    kernel = graph.constant(f"{name}.project.w", bank.projection.T.reshape(dims, width, 1, 1))
    offset = graph.constant(f"{name}.project.b", bank.offset)
    z = graph.node("Conv", [f"{name}.features", kernel, offset], f"{name}.project")
    z = graph.node("Transpose", [z], f"{name}.project.last", perm=[0, 2, 3, 1])
    square = graph.node("ReduceSumSquare", [z], f"{name}.project.square", axes=[3], keepdims=1)
    found = [_nearest(graph, z, square, f"{name}.distance", bank.rows, bank.scales)]
    if len(bank.defects):
        ones = np.ones(len(bank.defects), np.float32)
        found.append(_nearest(graph, z, square, f"{name}.known", bank.defects, ones))
    return found


def _gather(graph: Graph, name: str) -> None:
    """The taps of one backbone, averaged over their neighbours, at one stride and side by side; and their sums."""
    parts, sums = [], []
    for tap in SIDE_BY_SIDE:
        source = f"{name}.{tap}"
        part = graph.node("AveragePool", [source], f"{source}.mean", kernel_shape=[3, 3], pads=[1] * 4)
        parts.append(part if tap == "s8" else graph.resize(part, f"{source}.at8", 2))
        inside = INSIDE
        if tap == "s16":
            inside = graph.node("AveragePool", [INSIDE], f"{name}.inside16", kernel_shape=[2, 2], strides=[2, 2])
        counted = graph.node("Mul", [source, inside], f"{source}.counted")
        square = graph.node("Mul", [counted, source], f"{source}.squared")
        for of, value in (("sum", counted), ("sum2", square)):
            sums.append(graph.node("ReduceMean", [value], f"{source}.{of}", axes=[2, 3], keepdims=0))
    graph.node("Concat", parts, f"{name}.features", axis=1)
    axis = graph.constant(f"{name}.axis1", np.array([1], np.int64))
    both = []
    for of, at in (("sum", 0), ("sum2", 1)):
        side = graph.node("Concat", [sums[at], sums[at + 2]], f"{name}.{of}", axis=1)
        both.append(graph.node("Unsqueeze", [side, axis], f"{name}.{of}.row"))
    graph.node("Concat", both, f"{name}.sums", axis=1)


def width_of(name: str) -> int:
    """How many channels a backbone's features have."""
    backbone, _ = load_backbone(name)
    widths = {output.name: output.type.tensor_type.shape.dim[1].dim_value for output in backbone.graph.output}
    return sum(widths[tap] for tap in SIDE_BY_SIDE)


def memory_graph(plan: Plan, channels: tuple[str, ...], banks: Mapping[str, Bank] | None = None) -> onnx.ModelProto:
    """The whole network with the banks inside, or, without any, the part that teaching gathers features with."""
    graph, nodes, constants = Graph(), [], []
    wanted: list[onnx.ValueInfoProto] = []
    for index, name in enumerate(plan.backbones):
        backbone, _ = load_backbone(name)
        if index == 0:
            normalise(graph, backbone, channels, level=plan.level)
            nodes, constants = list(graph.nodes), list(graph.constants)
        body = onnx.compose.add_prefix(backbone, f"{name}.").graph
        for node in body.node:
            node.input[:] = ["image" if source == f"{name}.image" else source for source in node.input]
        head = Graph()
        _gather(head, name)
        width = width_of(name)
        outputs: list[tuple[str, Sequence[str | int]]] = [(f"{name}.sums", ["n", 2, width])]
        if banks is None:
            outputs.append((f"{name}.features", ["n", width, "h/8", "w/8"]))
        else:
            outputs += [(output, ["n", "h/8", "w/8"]) for output in _search(head, name, banks[name])]
        wanted += [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape) for output, shape in outputs]
        nodes += [*body.node, *head.nodes]
        constants += [*body.initializer, *head.constants]
    inside = helper.make_tensor_value_info(INSIDE, TensorProto.FLOAT, ["n", 1, "h/8", "w/8"])
    return assemble(nodes, constants, wanted, [inside])


__all__ = ["INSIDE", "TILES", "Bank", "memory_graph", "width_of"]
