"""What the graph of a foreign network itself tells: what it does to pixels first, and where its own limits lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import numpy_helper

from shellmark_models.families.imported.file import real_inputs

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

_PASSING = frozenset(
    {"Cast", "Reshape", "Transpose", "Identity", "Resize", "Pad", "Slice", "Clip", "Squeeze", "Unsqueeze"}
)
_ASIDE = frozenset({"Shape", "Size", "ConstantOfShape"})
_LOOSE = frozenset({"Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten"})
_STEPS = 24


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a network does to its input first; ``scales`` and ``normalises`` say whether it does so itself.

    ``resized_px`` (h, w) is what it resizes pictures to, None when it does not.
    """

    scales: bool
    normalises: bool
    resized_px: tuple[int, int] | None


class Graph:
    """A network's graph with its constants at hand."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._nodes = list(model.graph.node)
        self._input = real_inputs(model)[0].name
        self._weights = {tensor.name: tensor for tensor in model.graph.initializer}
        for node in self._nodes:
            if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
                self._weights[node.output[0]] = node.attribute[0].t
        self._maker = {name: node for node in self._nodes for name in node.output}

    def beginning(self) -> Beginning:
        """What happens to the input before the first layer that was learned."""
        value, scales, normalises, resized = self._input, False, False, None
        for _ in range(_STEPS):
            node = next((n for n in self._nodes if value in n.input and n.op_type not in _ASIDE), None)
            if node is None or node.op_type not in _PASSING | {"Sub", "Add", "Mul", "Div"}:
                break
            if node.op_type == "Resize":
                resized = self._target(node) or resized
            elif node.op_type not in _PASSING:
                number = self._number(node, value)
                if number is None:
                    break
                scales = scales or _divides_by_255(node.op_type, number)
                normalises = normalises or (node.op_type in {"Sub", "Add"} and float(np.abs(number).max()) > 0)
                # A mean of about 120 instead of 0.45 says that pixels are wanted as 0..255.
                scales = scales or (node.op_type in {"Sub", "Add"} and float(np.abs(number).max()) > 2)
            value = node.output[0]
        return Beginning(scales, normalises, resized)

    def limit_of(self, output: str) -> float | None:
        """The constant that an output is held against to give a label or a mask; None where it is not."""
        for node in self._nodes:
            if node.op_type in {"Greater", "GreaterOrEqual"} and self._through(node.input[0]) == self._through(output):
                limit = self._constant(node.input[1])
                if limit is not None and limit.size == 1 and np.isfinite(limit).all():
                    return float(limit.reshape(-1)[0])
        return None

    def hears(self, output: str) -> bool:
        """Whether anything of the input reaches an output through other than its shape."""
        waiting, seen = [output], set()
        while waiting:
            name = waiting.pop()
            if name == self._input:
                return True
            node = self._maker.get(name)
            if node is None or name in seen or node.op_type in _ASIDE:
                continue
            seen.add(name)
            waiting.extend(node.input)
            waiting.extend(n for a in node.attribute for g in (a.g, *a.graphs) for i in g.node for n in i.input)
        return False

    def _through(self, name: str) -> str:
        """The value itself behind mere changes of type and shape."""
        node = self._maker.get(name)
        while node is not None and node.op_type in _LOOSE:
            name = node.input[0]
            node = self._maker.get(name)
        return name

    def _number(self, node: onnx.NodeProto, value: str) -> NDArray[np.float64] | None:
        others = [self._constant(name) for name in node.input if name != value]
        if len(others) != 1 or others[0] is None or not 0 < others[0].size <= 4:
            return None
        return others[0]

    def _constant(self, name: str) -> NDArray[np.float64] | None:
        tensor = self._weights.get(self._through(name))
        return None if tensor is None else np.asarray(numpy_helper.to_array(tensor), np.float64)

    def _target(self, node: onnx.NodeProto) -> tuple[int, int] | None:
        """The (h, w) a Resize makes, where it is a constant."""
        if len(node.input) < 4 or not node.input[3]:
            return None
        sizes = self._constant(node.input[3])
        maker = self._maker.get(self._through(node.input[3]))
        if sizes is None and maker is not None and maker.op_type == "Concat":
            sizes = self._constant(maker.input[-1])
        if sizes is None or sizes.size < 2:
            return None
        return int(sizes[-2]), int(sizes[-1])


def _divides_by_255(operator: str, number: NDArray[np.float64]) -> bool:
    factor = number if operator == "Mul" else 1 / number if operator == "Div" and (number != 0).all() else None
    return factor is not None and bool(np.isclose(factor, 1 / 255, rtol=0.02).all())
