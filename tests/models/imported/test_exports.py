"""Files as exporters write them say behind our door what they say in their exporter's own torch code."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import shellmark_models as models
from shellmark_models.families.imported import Kind, Statement, import_network

RAW = {"threshold": 1.5, "map_threshold": 1.25}


@pytest.mark.parametrize(
    ("name", "times", "card"),
    [
        ("patchcore", 1, {}),
        ("patchcore-raw", 1, RAW),
        ("padim", 1, {}),
        pytest.param("efficientad", 4, {}, marks=pytest.mark.slow),
    ],
)
def test_anomalib_says_the_same_as_its_torch_twin(foreign, tmp_path, name, times, card):
    model = foreign.opened(foreign.exported(name, tmp_path), folder=tmp_path, **card)
    twin = foreign.said(name)
    limit, map_limit = card.get("threshold", 0.5), card.get("map_threshold", 0.5)
    for picture, plane, score in zip(foreign.pictures(times), twin["maps"], twin["scores"], strict=True):
        found = model.look(picture)
        assert found.anomaly.shape == picture.shape[:2]
        assert np.allclose(found.anomaly[:: 2 * times, :: 2 * times] * map_limit, plane, rtol=2e-3, atol=2e-3)
        assert found.score == pytest.approx(max(score / limit, float(found.anomaly.max())), abs=4e-3)
        assert model.name([models.Crop(picture, np.ones(picture.shape[:2], bool), 1.0)])[0].label == models.UNKNOWN
    assert found.score > 1.4 * model.look(foreign.pictures(times)[0]).score  # the bright spot stands out
    model.close()


def test_what_anomalib_decides_by_is_read_from_its_graph(foreign, tmp_path):
    imported = import_network(foreign.exported("padim", tmp_path), Statement(), threads=1)
    assert imported.plan.kind is Kind.ANOMALY
    assert (imported.plan.output.map, imported.plan.output.score) == ("anomaly_map", "pred_score")
    assert imported.plan.input.mean == (0, 0, 0)  # it subtracts ImageNet's itself
    assert imported.plan.input.batch == 0  # and takes any number of pictures at once
    assert any("pred_score: 0.5, which the network holds it against" in line for line in imported.told)


def test_a_raw_export_needs_a_threshold_or_goods(foreign, tmp_path):
    before = import_network(foreign.exported("patchcore-raw", tmp_path), Statement(), threads=1).before
    with pytest.raises(models.TeachError, match="nothing says where its threshold lies"):
        foreign.bundle(before)


def test_an_export_of_anomalib_1_is_read_with_the_thresholds_beside_it(foreign, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes((foreign.FIXTURES / "patchcore-1x" / "model.onnx").read_bytes())
    (tmp_path / "metadata.json").write_bytes((foreign.FIXTURES / "patchcore-1x" / "metadata.json").read_bytes())
    plan = import_network(path, Statement(), threads=1).plan
    assert (plan.output.map, plan.output.score) == ("output", "510")  # only its first output was given a name
    assert plan.input.size_px == (64, 64)  # it takes any size and resizes by itself
    model = foreign.opened(path)
    assert model.card.threshold == pytest.approx(1.5)
    assert model.card.false_reject_bound == 1
    twin = foreign.said("patchcore-1x")
    for picture, plane, score in zip(foreign.pictures(), twin["maps"], twin["scores"], strict=True):
        found = model.look(picture)
        assert np.allclose(found.anomaly[::2, ::2] * 1.25, plane, atol=1e-3)
        assert found.score == pytest.approx(max(score / 1.5, float(found.anomaly.max())), abs=1e-3)
    model.close()


@pytest.mark.parametrize("text", ["{", "[1]", '{"image_threshold": "high", "pixel_threshold": NaN}', "\xff"])
def test_a_file_beside_that_says_nothing_is_passed_over(foreign, tmp_path, text):
    path = tmp_path / "model.onnx"
    path.write_bytes((foreign.FIXTURES / "patchcore-1x" / "model.onnx").read_bytes())
    (tmp_path / "metadata.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(models.TeachError, match="nothing says where its threshold lies"):
        foreign.opened(path)


def test_torchvision_logits_become_the_share_of_defects(foreign, tmp_path):
    classes = {"names": ["good", "dent", "scratch"]}
    model = foreign.opened(foreign.exported("torchvision-classes", tmp_path), folder=tmp_path, classes=classes)
    for picture, logits in zip(foreign.pictures(), foreign.said("torchvision-classes")["logits"], strict=True):
        shares = np.exp(logits) / np.exp(logits).sum()
        found = model.look(picture)
        assert found.score == pytest.approx((1 - shares[0]) / 0.5, abs=1e-4)
        assert found.anomaly.max() < 1  # it knows of no place, so no place is marked
        assert np.ptp(found.anomaly) == 0
    assert model.card.labels == ("dent", "scratch")
    model.close()


def test_torchvision_segments_every_pixel(foreign, tmp_path):
    model = foreign.opened(foreign.exported("torchvision-pixels", tmp_path), folder=tmp_path)
    for picture, logits in zip(foreign.pictures(), foreign.said("torchvision-pixels")["out"], strict=True):
        shares = np.exp(logits) / np.exp(logits).sum(axis=0)
        assert np.allclose(model.look(picture).anomaly[::4, ::4], (1 - shares[0]) / 0.5, atol=1e-3)
    assert model.card.labels == ("class 1", "class 2")
    model.close()


@pytest.mark.parametrize("name", ["boxes", "boxes-nms", "boxes-masks"])
def test_detectors_find_and_name_spots(foreign, tmp_path, name):
    model = foreign.opened(foreign.exported(name, tmp_path), folder=tmp_path)
    good, _, dark, bright = foreign.pictures()
    assert model.look(good).score < 0.3
    # make.py paints the dark spot at rows 20 to 30, columns 8 to 18, the bright one at rows 24 to 34, columns 40 to 50.
    for picture, label, (y, x) in ((dark, "dark", (25, 13)), (bright, "bright", (29, 45))):
        found = model.look(picture, view=2)
        assert found.score > 1
        top = np.unravel_index(found.anomaly.argmax(), found.anomaly.shape)
        assert abs(top[0] - y) < 14
        assert abs(top[1] - x) < 14
        region = found.anomaly >= 1
        ys, xs = np.nonzero(region)
        part = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
        crop = models.Crop(picture[part].copy(), region[part].copy(), 1.0, None, (2, int(xs.min()), int(ys.min())))
        (naming,) = model.name([crop])
        assert naming.label == label
        assert naming.score == pytest.approx(found.score * 0.25, abs=0.01)
    model.close()


def test_masks_are_tighter_than_their_boxes(foreign, tmp_path):
    dark = foreign.pictures()[2]
    marked = {}
    for name in ("boxes", "boxes-masks"):
        model = foreign.opened(foreign.exported(name, tmp_path), folder=tmp_path)
        marked[name] = int((model.look(dark).anomaly >= 1).sum())
        model.close()
    assert 50 < marked["boxes-masks"] < 0.7 * marked["boxes"]


def test_boxes_suppressed_inside_or_here_are_the_same(foreign, tmp_path):
    scores = []
    for name in ("boxes", "boxes-nms"):
        model = foreign.opened(foreign.exported(name, tmp_path), folder=tmp_path)
        scores.append([model.look(picture).score for picture in foreign.pictures()])
        model.close()
    assert np.allclose(*scores, atol=1e-4)


def test_whole_picture_classes_are_read_from_the_metadata(foreign, tmp_path):
    model = foreign.opened(foreign.exported("whole", tmp_path), folder=tmp_path)
    assert model.card.labels == ("dark", "bright")
    assert model.card.licence.startswith("Apache-2.0")
    shares = foreign.said("whole")["output0"]
    for picture, (dark, _, bright) in zip(foreign.pictures(), shares, strict=True):
        assert model.look(picture).score == pytest.approx((dark + bright) / 0.5, abs=1e-3)
    model.close()


def wide(foreign) -> np.ndarray:
    """A view of 130 x 300 with one dark spot at rows 80 to 100, columns 230 to 250."""
    view = np.tile(foreign.pictures()[0], (3, 5, 1))[:130, :300].copy()
    view[80:100, 230:250] = 15
    return view


def spot_of(anomaly: np.ndarray) -> tuple[float, float]:
    ys, xs = np.nonzero(anomaly >= 1)
    assert len(ys)
    return float(ys.mean()), float(xs.mean())


@pytest.mark.parametrize(("fit", "within"), [("tiles", 8), ("stretch", 20), ("letterbox", 20)])
def test_a_spot_is_found_where_it_lies_however_the_view_is_fitted(foreign, tmp_path, fit, within):
    view = wide(foreign)
    if fit != "tiles":
        view = cv2.resize(view, (128, 56), interpolation=cv2.INTER_AREA)
        view[26:50, 90:114] = 0
    model = foreign.opened(foreign.exported("boxes", tmp_path), folder=tmp_path, input={"fit": fit}, threshold=0.2)
    found = model.look(view)
    assert found.anomaly.shape == view.shape[:2]
    y, x = spot_of(found.anomaly)
    wanted = (90, 240) if fit == "tiles" else (38, 102)
    assert abs(y - wanted[0]) < within
    assert abs(x - wanted[1]) < within
    region = found.anomaly >= 1
    (naming,) = model.name([models.Crop(view, region, 1.0, None, (0, 0, 0))])
    assert naming.label == "dark"
    model.close()


def test_what_the_mask_leaves_out_has_no_say(foreign, tmp_path):
    for fit in ("tiles", "stretch"):
        model = foreign.opened(foreign.exported("padim", tmp_path), folder=tmp_path, input={"fit": fit})
        bright = foreign.pictures()[3]
        mask = np.ones(bright.shape[:2], bool)
        mask[:, 30:] = False
        whole, part = model.look(bright), model.look(bright, mask=mask)
        assert whole.score > 1.5
        assert part.score < 0.8
        model.close()


def test_a_region_in_a_view_that_was_not_looked_at_is_unknown(foreign, tmp_path):
    model = foreign.opened(foreign.exported("boxes", tmp_path), folder=tmp_path)
    dark = foreign.pictures()[2]
    model.look(dark, view=0)
    crop = models.Crop(dark, np.ones(dark.shape[:2], bool), 1.0)
    for place in (None, (1, 0, 0)):
        (naming,) = model.name([models.Crop(crop.pixels, crop.mask, 1.0, None, place)])
        assert naming.label == models.UNKNOWN
    model.close()
    with pytest.raises(models.InferenceError, match="closed"):
        model.name([crop])
    with pytest.raises(models.InferenceError, match="closed"):
        model.look(dark)
