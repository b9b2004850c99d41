"""The frozen features every family of ours stands on: the pretrained network's taps at one stride, as ONNX nodes.

tiles uint8 (n, h, w, 3)
  └ (level) ─ normalise ─ backbone ─ taps s8, s16 ─ averaged over 3x3 ─ brought to stride 8 ─ features (n, c, h/8, w/8)
"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shellmark_models.card import COLOUR, Backbone, digest_of, properties
from shellmark_models.errors import TeachError
from shellmark_models.training.album import Album

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from shellmark_models.naming import Namer
    from shellmark_models.training.lesson import Lesson
    from shellmark_models.types import LabelledCrop, TeachCase

STRIDE = 8
"""Pixels per step of the feature grid."""
FEATURE_COUNT = 128
"""Channels of the feature grid: 32 at stride 8, 96 at 16."""
TILES, FEATURES = "tiles", "features"
BACKBONE = "mobilenet_v2"
_OPSET = 17
_IR_VERSION = 8


class Graph:
    """Collects nodes and constants; every call returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Adds a constant."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Adds a node with one output."""
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=output, **attributes))
        return output

    def resize(self, x: str, output: str, factor: int) -> str:
        """Adds a bilinear enlargement of a plane."""
        scales = self.constant(f"{output}.scales", np.array([1, 1, factor, factor], np.float32))
        return self.node("Resize", [x, "", scales], output, mode="linear", coordinate_transformation_mode="half_pixel")


def normalise(graph: Graph, backbone: onnx.ModelProto, channels: tuple[str, ...], *, level: bool) -> str:
    """Tiles as the backbone wants them: (n, 3, h, w), red first, by the mean and deviation it was trained with."""
    facts = properties(backbone)
    mean, deviation = (np.float32(json.loads(facts[key])) for key in ("mean", "deviation"))
    x = graph.node("Transpose", [TILES], "tiles.planes", perm=[0, 3, 1, 2])
    if channels == COLOUR:
        x = graph.node("Gather", [x, graph.constant("red_first", np.array([2, 1, 0], np.int64))], "tiles.rgb", axis=1)
    x = graph.node("Cast", [x], "tiles.float", to=TensorProto.FLOAT)
    if level:
        x = _level(graph, x)
    factor = graph.constant("tiles.factor", (1 / (255 * deviation)).reshape(1, 3, 1, 1).astype(np.float32))
    shift = graph.constant("tiles.shift", (-mean / deviation).reshape(1, 3, 1, 1).astype(np.float32))
    x = graph.node("Mul", [x, factor], "tiles.scaled")
    return graph.node("Add", [x, shift], "image")


def _level(graph: Graph, x: str) -> str:
    """Each plane brought to one brightness and one contrast round every pixel: the faint in a shadow counts too.

    Mean and deviation are of a window of 72 px, taken on a grid of 8 px; the sensor's noise, about 4 + 0.05 of the
    brightness in grey levels squared, keeps a dark plain from being blown up.
    """

    def constant(name: str, value: float) -> str:
        return graph.constant(f"level.{name}", np.array(value, np.float32))

    def around(plane: str, name: str) -> str:
        small = graph.node("AveragePool", [plane], f"{name}.small", kernel_shape=[8, 8], strides=[8, 8])
        wide = graph.node("AveragePool", [small], f"{name}.wide", kernel_shape=[9, 9], pads=[4] * 4)
        return graph.resize(wide, name, STRIDE)

    mean = around(x, "level.mean")
    square = around(graph.node("Mul", [x, x], "level.square"), "level.mean_square")
    spread = graph.node("Sub", [square, graph.node("Mul", [mean, mean], "level.mean2")], "level.variance")
    spread = graph.node("Max", [spread, constant("none", 0)], "level.at_least_none")
    noise = graph.node("Mul", [mean, constant("shot", 0.05)], "level.noise")
    noise = graph.node("Add", [noise, constant("read", 4)], "level.noise_floor")
    scale = graph.node("Sqrt", [graph.node("Add", [spread, noise], "level.total")], "level.scale")
    excess = graph.node("Sub", [x, mean], "level.excess")
    even = graph.node("Mul", [graph.node("Div", [excess, scale], "level.even"), constant("gain", 40)], "level.gained")
    even = graph.node("Add", [even, constant("grey", 110)], "level.at_grey")
    return graph.node("Clip", [even, constant("black", 0), constant("white", 255)], "level")


def _gather_taps(graph: Graph) -> str:
    """The taps, averaged over their neighbours, at one stride and side by side."""
    parts = [
        graph.node("AveragePool", ["s8"], "s8.at8", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4),
        graph.node("AveragePool", ["s16"], "s16.mean", kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4),
    ]
    parts[1] = graph.resize(parts[1], "s16.at8", 2)
    return graph.node("Concat", parts, FEATURES, axis=1)


def finish(graph: Graph, backbone: onnx.ModelProto, head: Graph, outputs: list[Any]) -> onnx.ModelProto:
    """One model of the nodes before, of and after the backbone, without what no output needs."""
    nodes = [*graph.nodes, *backbone.graph.node, *head.nodes]
    return assemble(nodes, [*graph.constants, *backbone.graph.initializer, *head.constants], outputs)


def assemble(
    nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], outputs: list[Any], more: Sequence[Any] = ()
) -> onnx.ModelProto:
    """One model from tiles (and ``more`` inputs) to the outputs, without what none of them needs."""
    tiles = helper.make_tensor_value_info(TILES, TensorProto.UINT8, ["n", "h", "w", 3])
    nodes = _needed(nodes, {output.name for output in outputs})
    used = {name for node in nodes for name in node.input}
    constants = [constant for constant in constants if constant.name in used]
    body = helper.make_graph(nodes, "network", [tiles, *more], outputs, constants)
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


def begin(
    backbone: onnx.ModelProto, channels: tuple[str, ...], *, level: bool = False
) -> tuple[Graph, Graph, onnx.ValueInfoProto]:
    """The nodes before and after the backbone up to ``features``, and that output; ``level`` evens the light first."""
    before, after = Graph(), Graph()
    normalise(before, backbone, channels, level=level)
    _gather_taps(after)
    width: list[str | int | None] = ["n", FEATURE_COUNT, f"h/{STRIDE}", f"w/{STRIDE}"]
    return before, after, helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, width)


def feature_graph(backbone: onnx.ModelProto, channels: tuple[str, ...], *, level: bool = False) -> onnx.ModelProto:
    """The network up to ``features`` only."""
    before, after, output = begin(backbone, channels, level=level)
    return finish(before, backbone, after, [output])


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


def load_backbone(name: str = BACKBONE) -> tuple[onnx.ModelProto, Backbone]:
    """A pretrained network that travels with this package, and what its file says of its origin."""
    data = resources.files("shellmark_models").joinpath("backbones", f"{name}.onnx").read_bytes()
    model = onnx.load_model_from_string(data)
    facts = properties(model)
    return model, Backbone(name=facts["name"], source=facts["source"], licence=facts["licence"], digest=digest_of(data))


class Seen:
    """The cases looked at, and a digest of all that was taught."""

    def __init__(self) -> None:
        self.cases: list[str] = []
        self._pictures: dict[bytes, str] = {}
        self._hash = hashlib.sha256()

    def begin(self, case: TeachCase) -> None:
        """Counts a case; raises TeachError when it, or a copy of its pictures, was counted before."""
        pictures = hashlib.sha256(b"".join(np.ascontiguousarray(image).tobytes() for image in case.images)).digest()
        if case.case in self.cases:
            raise TeachError(f"case {case.case} is given twice; a case may count once")
        if pictures in self._pictures:
            raise TeachError(f"case {case.case} is a copy of case {self._pictures[pictures]}; give different shells")
        self.cases.append(case.case)
        self._pictures[pictures] = case.case

    def add(self, name: str, *arrays: NDArray[np.uint8] | NDArray[np.bool_]) -> None:
        """Takes what was taught into the digest."""
        self._hash.update(name.encode())
        for array in arrays:
            self._hash.update(repr(array.shape).encode())
            self._hash.update(np.ascontiguousarray(array).tobytes())

    def resume(self, cases: Iterable[str], pictures: Iterable[str], digest: str) -> None:
        """Takes over what a former lesson counted: its cases, the digests of their pictures, and its digest."""
        self.cases = list(cases)
        self._pictures = {bytes.fromhex(key): case for key, case in zip(pictures, self.cases, strict=True)}
        self._hash.update(digest.encode())

    @property
    def pictures(self) -> list[str]:
        """The digests of the cases' pictures, in the order of the cases."""
        return [key.hex() for key in self._pictures]

    @property
    def digest(self) -> str:
        """``sha256:`` and the digest of all that was taught."""
        return f"sha256:{self._hash.hexdigest()}"


def learn_names(labelled: Iterable[LabelledCrop], seen: Seen, lesson: Lesson) -> Namer | None:
    """The classifier of the labelled crops; None when there are none. Raises TeachError, TeachCancelled."""
    album = Album()
    for sample in labelled:
        lesson.report("names", 0.0)
        colour = [] if sample.crop.colour is None else [sample.crop.colour]
        seen.add(sample.label, sample.crop.pixels, sample.crop.mask, *colour)
        album.add(sample)
    return album.namer() if album.crops else None
