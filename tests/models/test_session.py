from __future__ import annotations

import numpy as np
import pytest

from shellmark_models import BundleError, InferenceError
from shellmark_models.session import Session, finite


def test_a_network_onnxruntime_refuses_is_named():
    with pytest.raises(BundleError, match=r"somewhere.onnx: onnxruntime refuses"):
        Session(b"\x08\x07nothing", source="somewhere.onnx")


def test_facts_and_shapes(taught):
    session = Session(taught, source="noise", threads=1, arena=False)
    assert session.facts.threads == 1
    assert not session.facts.arena
    assert session.inputs == {
        "tiles": ("tensor(uint8)", ("n", "h", "w", 3)),
        "inside": ("tensor(float)", ("n", 1, "h/8", "w/8")),
    }
    assert {"mobilenet_v2.distance", "mobilenet_v2.sums"} <= set(session.outputs)


def test_wrong_feeds_are_inference_errors(taught):
    session = Session(taught, source="noise", threads=1)
    feeds = {"tiles": np.zeros((1, 128, 128, 3), np.uint8), "inside": np.ones((1, 1, 16, 16), np.float32)}
    session.run(["mobilenet_v2.distance"], feeds)
    with pytest.raises(InferenceError, match="noise: run failed on"):
        session.run(["mobilenet_v2.distance"], {**feeds, "tiles": np.zeros((1, 128, 128, 3), np.float32)})
    session.close()
    session.close()
    with pytest.raises(InferenceError, match="closed"):
        session.run(["mobilenet_v2.distance"], feeds)


def test_numbers_that_are_not_finite_are_refused():
    assert finite(np.ones(3, np.float32), "x").sum() == 3
    with pytest.raises(InferenceError, match="not finite"):
        finite(np.array([1, np.nan], np.float32), "x")
