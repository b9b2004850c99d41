"""The threshold of an imported network: stated, or set by goods with the printed bound; teaching goes on."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import shellmark_models as models
from shellmark_models.families.imported import Fit, Statement, import_network


def good(seed: int, masked: bool = False) -> models.TeachCase:
    generator = np.random.default_rng(seed)
    x = np.arange(64)[None, :, None] + generator.uniform(0, 12)
    pixels = 110 + 20 * np.sin(2 * np.pi * x / 12) + generator.normal(0, 3, (64, 64, 3))
    mask = np.ones((64, 64), bool)
    mask[:, 40:] = not masked
    return models.TeachCase(f"g{seed}", [np.clip(pixels, 0, 255).astype(np.uint8)], [mask])


def before(foreign, tmp_path, name: str = "patchcore-raw", **card: object) -> dict:
    found = import_network(foreign.exported(name, tmp_path), Statement.model_validate(card), threads=1)
    return dict(found.to_be_set())


def scores(foreign, tmp_path, taught: models.TaughtBundle, cases: list[models.TeachCase]) -> list[float]:
    path = tmp_path / "model.onnx"
    path.write_bytes(taught.model)
    model = models.load(path, threads=1)
    found = [model.look(case.images[0], mask=case.masks[0]).score for case in cases]
    model.close()
    return found


def test_goods_set_both_limits_and_pay_for_both(foreign, tmp_path):
    goods = [good(seed) for seed in range(20)]
    taught = foreign.bundle(before(foreign, tmp_path), goods)
    assert taught.card.goods == taught.card.learned_cases == 20
    assert taught.card.false_reject_bound == pytest.approx(models.false_reject_bound(20, 2))
    found = scores(foreign, tmp_path, taught, goods)
    assert found == pytest.approx([taught.case_scores[case.case] for case in goods], abs=1e-3)
    assert 0.6 < max(found) < 1
    bad = [models.TeachCase("bad", [foreign.pictures()[3]], [np.ones((64, 64), bool)])]
    assert scores(foreign, tmp_path, taught, bad)[0] > 1.5


def test_masks_take_the_number_for_the_whole_picture_out(foreign, tmp_path):
    goods = [good(seed, masked=True) for seed in range(12)]
    taught = foreign.bundle(before(foreign, tmp_path), goods)
    assert taught.card.false_reject_bound == pytest.approx(models.false_reject_bound(12, 1))
    plan = {e.key: e.value for e in onnx.load_model_from_string(taught.model).metadata_props}["shellmark.imported"]
    assert json.loads(plan)["output"]["score"] is None
    assert max(scores(foreign, tmp_path, taught, goods)) < 1


def test_more_goods_tighten_the_bound_and_go_on_from_what_was_kept(foreign, tmp_path):
    first = foreign.bundle(before(foreign, tmp_path), [good(seed) for seed in range(10)])
    more = foreign.bundle(first.kept, [good(seed) for seed in range(10, 30)])
    at_once = foreign.bundle(before(foreign, tmp_path), [good(seed) for seed in range(30)])
    assert more.card.goods == 30
    assert more.card.threshold == pytest.approx(at_once.card.threshold)
    assert more.card.false_reject_bound == at_once.card.false_reject_bound < first.card.false_reject_bound
    assert dict(more.case_scores) == pytest.approx(dict(at_once.case_scores))


def test_a_detector_that_sees_nothing_in_goods_keeps_a_least_threshold(foreign, tmp_path):
    taught = foreign.bundle(before(foreign, tmp_path, "boxes"), [good(seed) for seed in range(8)])
    assert taught.card.threshold == pytest.approx(0.05, rel=0.01)
    assert list(taught.case_scores.values()) == pytest.approx([1] * 8, abs=0.01)
    assert taught.card.false_reject_bound == models.false_reject_bound(8)
    assert taught.card.labels == ("dark", "bright")


def test_an_anomaly_network_may_be_taught_names(foreign, tmp_path):
    def labelled(label: str, level: int) -> list[models.LabelledCrop]:
        found = []
        for seed in range(8):
            pixels, mask = good(seed + 50).images[0].copy(), np.zeros((64, 64), bool)
            mask[20 : 30 + seed, 22:30] = True
            pixels[mask] = level
            found.append(models.LabelledCrop(label, models.Crop(pixels, mask, 1.0)))
        return found

    crops = labelled("burn", 20) + labelled("flash", 240)
    options = models.TeachOptions(tile_px=64, overlap_px=16, threads=1)
    taught = models.teach_bundle(
        [good(seed) for seed in range(6)], crops, family="imported", before=before(foreign, tmp_path), name="made",
        version="1", channels=("bgr",), px_per_mm=1.0, options=options,
    )  # fmt: skip
    path = tmp_path / "model.onnx"
    path.write_bytes(taught.model)
    model = models.load(path, threads=1)
    assert model.card.labels == ("burn", "flash")
    assert model.name([crops[0].crop])[0].label == "burn"
    model.close()


def test_what_an_imported_network_cannot_be_taught(foreign, tmp_path):
    with pytest.raises(models.TeachError, match="models import"):
        models.teach_bundle(
            [good(0)], family="imported", name="x", version="1", channels=("bgr",), px_per_mm=1.0,
            options=models.TeachOptions(tile_px=64, overlap_px=16),
        )  # fmt: skip
    missed = models.MissedCase("m", [good(0).images[0]], [np.ones((64, 64), bool)])
    with pytest.raises(models.TeachError, match="cannot learn a defect"):
        foreign.bundle(before(foreign, tmp_path), [good(1)], missed=[missed])
    for change in ({"terms": np.frombuffer(b"{}", np.uint8)}, {"network": np.zeros(9, np.uint8)}):
        with pytest.raises(models.TeachError, match="damaged"):
            foreign.bundle(before(foreign, tmp_path) | change, [good(1)])


def test_stopping_writes_nothing(foreign, tmp_path):
    with pytest.raises(models.TeachCancelled):
        foreign.bundle(before(foreign, tmp_path), [good(1)], cancelled=lambda: True)


def resizing(foreign, size: tuple[int, int] | None, scale: float | None = None) -> onnx.ModelProto:
    """A network that takes any size, resizes by itself, and says how bright it is."""
    nodes, weights, value = [], [], "picture"
    if scale is not None:
        weights.append(numpy_helper.from_array(np.array(scale, np.float32), "scale"))
        nodes.append(helper.make_node("Mul", [value, "scale"], ["scaled"]))
        value = "scaled"
    if size is not None:
        weights.append(numpy_helper.from_array(np.array([1, 3, *size], np.int64), "sizes"))
        nodes.append(helper.make_node("Resize", [value, "", "", "sizes"], ["small"], mode="linear"))
        value = "small"
    nodes.append(helper.make_node("ReduceMean", [value], ["anomaly_map"], axes=[1]))
    return foreign.graph(nodes, {"anomaly_map": ["n", 1, "a", "b"]}, {"picture": ["n", 3, "h", "w"]}, weights=weights)


def test_the_size_a_network_resizes_to_is_the_one_it_is_given(foreign, tmp_path):
    path = foreign.saved(resizing(foreign, (48, 80)), tmp_path)
    plain = {"mean": [0, 0, 0], "std": [1, 1, 1]}
    plan = import_network(path, Statement.model_validate({"threshold": 0.5, "input": plain}), threads=1).plan
    assert plan.input.size_px == (48, 80)
    assert plan.input.fit is Fit.STRETCH
    stated = Statement.model_validate({"threshold": 0.5, "input": {"size_px": [96, 96], **plain}})
    assert import_network(path, stated, threads=1).plan.input.size_px == (96, 96)


def test_scaling_inside_the_graph_is_seen(foreign, tmp_path):
    path = foreign.saved(resizing(foreign, (48, 48), 1 / 255), tmp_path)
    model = foreign.opened(path, threshold=0.5)
    assert model.look(np.full((30, 30, 3), 51, np.uint8)).score == pytest.approx(0.2 / 0.5, abs=1e-3)
    model.close()


@pytest.mark.parametrize(("order", "score"), [("rgb", 0.8), ("bgr", 0.2), ("grey", 0.0)])
def test_the_order_of_channels_is_the_cards(foreign, tmp_path, order, score):
    first = numpy_helper.from_array(np.array([0], np.int64), "first")
    nodes = [helper.make_node("Gather", ["picture", "first"], ["anomaly_map"], axis=1)]
    planes = 1 if order == "grey" else 3
    model = foreign.graph(nodes, {"anomaly_map": [1, 1, 16, 16]}, {"picture": [1, planes, 16, 16]}, weights=[first])
    card = {"threshold": 1.0, "input": {"order": order, "mean": [0, 0, 0], "std": [1, 1, 1]}}
    opened = foreign.opened(foreign.saved(model, tmp_path), **card)
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[..., 0], picture[..., 2] = 51, 204
    grey = (0.114 * 51 + 0.299 * 204) / 255
    assert opened.look(picture).score == pytest.approx(score or grey, abs=0.01)
    opened.close()


@pytest.mark.parametrize("dtype", ["float16", "uint8"])
def test_other_types_and_layouts(foreign, tmp_path, dtype):
    kind = {"float16": onnx.TensorProto.FLOAT16, "uint8": onnx.TensorProto.UINT8}[dtype]
    nodes = [
        helper.make_node("Cast", ["picture"], ["f"], to=onnx.TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["f"], ["anomaly_map"], axes=[3]),
    ]
    model = foreign.graph(nodes, {"anomaly_map": [1, 16, 24, 1]}, {"picture": [1, 16, 24, 3]})
    model.graph.input[0].type.tensor_type.elem_type = kind
    card = {"threshold": 100.0 if dtype == "uint8" else 1.0}
    if dtype == "float16":
        card["input"] = {"mean": [0, 0, 0], "std": [1, 1, 1]}
    opened = foreign.opened(foreign.saved(model, tmp_path), **card)
    wanted = 51 / 100 if dtype == "uint8" else 0.2
    assert opened.look(np.full((50, 60, 3), 51, np.uint8)).score == pytest.approx(wanted, abs=2e-3)
    opened.close()


def test_boxes_of_the_older_form_carry_their_objectness(foreign, tmp_path):
    rows = np.zeros((1, 40, 7), np.float32)
    rows[0, 7] = [8, 8, 6, 4, 0.9, 0.1, 0.8]
    weights = [numpy_helper.from_array(rows, "rows"), numpy_helper.from_array(np.zeros((), np.float32), "zero")]
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["m"], keepdims=0),
        helper.make_node("Mul", ["m", "zero"], ["nothing"]),
        helper.make_node("Add", ["rows", "nothing"], ["all"]),
        helper.make_node("Mul", ["all", "m2"], ["output0"]),
        helper.make_node("ReduceMax", ["picture"], ["m2"], keepdims=0),
    ]
    nodes = [nodes[0], nodes[4], *nodes[1:4]]
    model = foreign.graph(nodes, {"output0": [1, 40, 7]}, weights=weights)
    onnx.helper.set_model_props(model, {"names": "{0: 'dent', 1: 'scratch'}", "task": "detect"})
    opened = foreign.opened(foreign.saved(model, tmp_path), threshold=0.36)
    white = np.full((16, 16, 3), 255, np.uint8)
    found = opened.look(white)
    assert found.score == pytest.approx(0.9 * 0.8 / 0.36, abs=1e-3)
    assert int((found.anomaly > 0).sum()) == 6 * 4
    (naming,) = opened.name([models.Crop(white, found.anomaly > 0, 1.0, None, (0, 0, 0))])
    assert (naming.label, naming.score) == ("scratch", pytest.approx(0.72, abs=0.01))
    opened.close()


def test_a_network_fixed_to_several_pictures_gets_them(foreign, tmp_path):
    nodes = [helper.make_node("ReduceMean", ["picture"], ["anomaly_map"], axes=[1])]
    model = foreign.graph(nodes, {"anomaly_map": [3, 1, 64, 64]}, {"picture": [3, 3, 64, 64]})
    path = foreign.saved(model, tmp_path)
    plain = {"mean": [0, 0, 0], "std": [1, 1, 1]}
    view = np.full((64, 200, 3), 51, np.uint8)
    view[:, 150:] = 204
    for fit in ("stretch", "tiles"):
        opened = foreign.opened(path, threshold=1.0, input={"fit": fit, **plain})
        assert opened.look(view).score == pytest.approx(0.8, abs=0.01)
        assert opened.look(view).anomaly[30, 20] == pytest.approx(0.2, abs=0.01)
        opened.close()
    told = import_network(path, Statement.model_validate({"threshold": 1.0, "input": plain}), threads=1).told
    assert any("3 pictures at once" in line for line in told)
    single = foreign.graph(
        [*nodes, helper.make_node("ReduceMax", ["anomaly_map"], ["score"], keepdims=0)],
        {"anomaly_map": [3, 1, 64, 64], "score": []},
        {"picture": [3, 3, 64, 64]},
    )
    with pytest.raises(models.BundleError, match="not one answer a picture"):
        import_network(foreign.saved(single, tmp_path), Statement(threshold=1.0), threads=1)
