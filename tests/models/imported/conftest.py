"""Exported files that lie here, tiny networks built on the spot, and what it takes to make a model of either."""

from __future__ import annotations

import lzma
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import shellmark_models as models
from shellmark_models.families.imported import Statement, import_network

FIXTURES = Path(__file__).resolve().parent / "fixtures"
SIDE = 16


def pictures(times: int = 1) -> np.ndarray:
    """The pictures (n, h, w, 3) BGR: two good ones, one with a dark spot, one with a bright one."""
    found = np.load(FIXTURES / "pictures.npz")["pictures"][..., ::-1]
    return np.ascontiguousarray(found.repeat(times, axis=1).repeat(times, axis=2))


def said(name: str) -> dict[str, np.ndarray]:
    """What the exporter's own torch code said of them."""
    return dict(np.load(FIXTURES / f"{name}.npz"))


def exported(name: str, folder: Path) -> Path:
    """An exported file, unpacked into a folder where it has to be."""
    path = FIXTURES / f"{name}.onnx"
    if path.exists():
        return path
    path = folder / f"{name}.onnx"
    path.write_bytes(lzma.decompress((FIXTURES / f"{name}.onnx.xz").read_bytes()))
    return path


def opened(path: Path, goods: tuple[models.TeachCase, ...] = (), **card: object) -> models.Model:
    """The model an import gives, open."""
    return models.load(written(path, goods, **card), threads=1)


def written(path: Path, goods: tuple[models.TeachCase, ...] = (), **card: object) -> Path:
    """The file of the model an import gives."""
    target = path.parent if path.parent != FIXTURES else Path(card.pop("folder"))  # type: ignore[arg-type]
    card.pop("folder", None)
    imported = import_network(path, Statement.model_validate(card), threads=1)
    taught = bundle(imported.before if not goods else imported.to_be_set(), goods)
    out = target / "made.onnx"
    out.write_bytes(taught.model)
    return out


def bundle(before: dict, goods: tuple[models.TeachCase, ...] = (), **more: object) -> models.TaughtBundle:
    """What teaching makes of an imported network."""
    options = models.TeachOptions(tile_px=64, overlap_px=16, threads=1)
    return models.teach_bundle(
        goods, family="imported", before=before, name="made", version="1", channels=("bgr",), px_per_mm=1.0,
        options=options, **more,
    )  # fmt: skip


def graph(
    nodes: list, outputs: dict[str, list], inputs: dict[str, list] | None = None, **more: object
) -> onnx.ModelProto:
    """A model of these nodes."""
    inputs = inputs or {"picture": [1, 3, SIDE, SIDE]}
    made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    types = more.pop("types", {})
    given = [helper.make_tensor_value_info(n, types.get(n, TensorProto.FLOAT), shape) for n, shape in outputs.items()]
    whole = helper.make_graph(nodes, "tiny", made, given, more.pop("weights", []))
    opset = more.pop("opset", 17)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", opset)], ir_version=more.pop("ir", 8))
    assert not more
    return model


def mean_map(**more: object) -> onnx.ModelProto:
    """The mean of the channels as a map, its highest as a score."""
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["anomaly_map"], axes=[1]),
        helper.make_node("ReduceMax", ["anomaly_map"], ["pred_score"], axes=[1, 2, 3], keepdims=0),
    ]
    return graph(nodes, {"anomaly_map": [1, 1, SIDE, SIDE], "pred_score": [1]}, **more)


def saved(model: onnx.ModelProto, folder: Path, name: str = "tiny.onnx") -> Path:
    """The model in a file."""
    path = folder / name
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture(scope="session")
def foreign() -> SimpleNamespace:
    """All of the above; tests cannot import each other."""
    makers = (pictures, said, exported, opened, written, bundle, graph, mean_map, saved)
    return SimpleNamespace(**{maker.__name__: maker for maker in makers}, FIXTURES=FIXTURES, SIDE=SIDE)
