"""Whether a network carries all its constants: one that points to other files is not what its digest says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx
from onnx import external_data_helper

from shellmark_models.errors import BundleError


def require_whole(model: onnx.ModelProto, source: str) -> None:
    """Raises BundleError when any constant of a network, however deep, lies in another file."""
    if any(external_data_helper.uses_external_data(tensor) for tensor in _tensors(model)):
        raise BundleError(f"{source}: weights or other constants lie in other files; export it as one file")


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """Every tensor in a model, those of branches, loops and functions too."""
    yield from _of_graph(model.graph)
    for function in model.functions:
        yield from _of_nodes(function.node)


def _of_graph(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    yield from _of_nodes(graph.node)


def _of_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.TensorProto]:
    for node in nodes:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                yield from (sparse.values, sparse.indices)
            for graph in (attribute.g, *attribute.graphs):
                yield from _of_graph(graph)
