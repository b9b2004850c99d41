"""The reference after its own steps: a good shell to compare with."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shellmark_inspect.errors import RecipeError
from shellmark_inspect.steps import build_steps, good_planes

ALIGN, LIGHT = {"step": "align"}, {"step": "illumination", "to": "reference"}


def test_it_lies_in_the_pixels_of_an_aligned_view(spec, shell, view, tmp_path):
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    recipe = spec({"step": "region", "rectangle_px": [0, 0, 640, 480]}, ALIGN, LIGHT, reference={"west": "west.png"})
    steps = build_steps(recipe, tmp_path)
    good = good_planes(recipe, tmp_path, steps)
    move = cv2.getRotationMatrix2D((320, 240), 1.0, 1.0) + np.array([[0, 0, 8], [0, 0, -6]])
    after = view(west=shell(move=move, gain=0.9, seed=2))
    for _, step in steps:
        after = step(after)
    inner = np.s_[40:-40, 40:-40]
    assert np.abs(good["west"][inner].astype(float) - after.planes["west"][inner]).mean() < 3


@pytest.mark.parametrize("with_reference", [True, False])
def test_without_a_reference_or_an_alignment_there_is_none(with_reference, spec, shell, tmp_path):
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    recipe = spec({"step": "zones"}, reference={"west": "west.png"} if with_reference else {})
    assert good_planes(recipe, tmp_path, build_steps(recipe, tmp_path)) == {}


def test_a_reference_that_does_not_pass_its_own_steps_is_said(spec, shell, tmp_path):
    cv2.imwrite(str(tmp_path / "west.png"), shell())
    recipe = spec(ALIGN, {"step": "shell_mask", "margin_mm": 70}, reference={"west": "west.png"})
    with pytest.raises(RecipeError, match=r"the reference pictures do not pass the steps: .*no shell is left"):
        good_planes(recipe, tmp_path, build_steps(recipe, tmp_path))
