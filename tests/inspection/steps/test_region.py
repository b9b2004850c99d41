"""Step region."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.errors import StepError


def test_the_rectangle_is_cut_out_of_every_plane(built, view):
    plane = np.arange(40 * 60, dtype=np.uint32).reshape(40, 60).astype(np.uint8)
    cut = built("region", rectangle_px=[10, 5, 30, 20])(view(west=plane, north=np.dstack([plane] * 3)))
    assert np.array_equal(cut.planes["west"], plane[5:25, 10:40])
    assert cut.planes["north"].shape == (20, 30, 3)
    assert np.array_equal(cut.to_frame @ [0, 0, 1], [10, 5, 1])


def test_the_rectangle_is_in_frame_pixels_after_a_quarter_turn(built, view):
    plane = np.random.default_rng(1).integers(0, 255, (40, 60), np.uint8)
    turned = built("rotate", degrees=90)(view(west=plane))
    cut = built("region", rectangle_px=[10, 5, 30, 20])(turned)
    assert np.array_equal(cut.planes["west"], np.rot90(plane[5:25, 10:40]))


def test_a_frame_too_small_for_it_is_said(built, view):
    with pytest.raises(StepError, match=r"region .* does not lie within its 20 x 20 px"):
        built("region", rectangle_px=[10, 5, 30, 20])(view(west=np.zeros((20, 20), np.uint8)))
