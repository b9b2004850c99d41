from __future__ import annotations

import numpy as np
import pytest

from shellmark_models import Crop, LabelledCrop, Naming, Prediction, TeachCase

PIXELS = np.zeros((4, 5, 3), np.uint8)
MASK = np.ones((4, 5), np.bool_)


def test_a_prediction_cannot_be_written_to():
    prediction = Prediction(np.zeros((2, 2), np.float32), 0.0)
    with pytest.raises(ValueError, match="read-only"):
        prediction.anomaly[0, 0] = 1


@pytest.mark.parametrize("wrong", [np.zeros((2, 2)), np.zeros((2, 2, 1), np.float32)])
def test_a_prediction_is_one_float32_plane(wrong):
    with pytest.raises(ValueError, match="float32"):
        Prediction(wrong, 0.0)


@pytest.mark.parametrize(
    ("pixels", "mask", "scale", "told"),
    [
        (PIXELS[..., 0], MASK, 6.0, "uint8"),
        (PIXELS.astype(np.float32), MASK, 6.0, "uint8"),
        (PIXELS, MASK[:2], 6.0, "mask"),
        (PIXELS, MASK.astype(np.uint8), 6.0, "mask"),
        (PIXELS, ~MASK, 6.0, "no pixel"),
        (PIXELS, MASK, 0.0, "px_per_mm"),
        (PIXELS, MASK, float("nan"), "px_per_mm"),
    ],
)
def test_a_crop_checks_itself(pixels, mask, scale, told):
    with pytest.raises(ValueError, match=told):
        Crop(pixels, mask, scale)


def test_a_case_checks_its_images_and_masks():
    with pytest.raises(ValueError, match="case a: has no image"):
        TeachCase("a", [])
    with pytest.raises(ValueError, match="case a"):
        TeachCase("a", [PIXELS], [MASK[:1]])
    with pytest.raises(ValueError, match="case a"):
        TeachCase("a", [PIXELS], [])


@pytest.mark.parametrize("label", ["", "unknown"])
def test_a_label_is_a_name_of_its_own(label):
    with pytest.raises(ValueError, match="label"):
        LabelledCrop(label, Crop(PIXELS, MASK, 6.0))


def test_scores_of_a_naming_are_its_own():
    scores = {"a": 1.0}
    naming = Naming("a", 1.0, scores)
    scores["a"] = 0.0
    assert naming.scores == {"a": 1.0}
