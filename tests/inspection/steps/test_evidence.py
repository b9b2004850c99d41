"""What a model sees."""

from __future__ import annotations

import numpy as np
import pytest

from shellmark_inspect.errors import StepError
from shellmark_inspect.steps import evidence, stacked

GREY = np.random.default_rng(1).integers(0, 255, (20, 30), np.uint8)
COLOUR = np.random.default_rng(2).integers(0, 255, (20, 30, 3), np.uint8)


def test_a_colour_plane_is_seen_as_it_is(view):
    assert np.array_equal(evidence(view(diffuse=COLOUR), ("diffuse",)), COLOUR)


def test_a_grey_plane_is_seen_three_times(view):
    assert np.array_equal(evidence(view(west=GREY), ("west",)), np.dstack([GREY] * 3))


def test_three_planes_are_stacked_in_the_recipes_order(view):
    seen = evidence(view(west=GREY, north=255 - GREY, diffuse=COLOUR), ("north", "diffuse", "west"))
    assert np.array_equal(seen[..., 0], 255 - GREY)
    assert np.array_equal(seen[..., 2], GREY)
    weights = np.array([0.114, 0.587, 0.299])
    assert np.abs(seen[..., 1] - COLOUR @ weights).max() <= 1


def test_a_missing_plane_is_said(view):
    with pytest.raises(StepError, match="no plane east: it has west"):
        evidence(view(west=GREY), ("east",))


def test_two_planes_are_refused(view):
    with pytest.raises(StepError, match="one plane, or three and more, not two"):
        evidence(view(west=GREY, north=GREY), ("west", "north"))


def test_the_chroma_of_a_colour_light_comes_after_the_grey_planes(view):
    reddish = np.full((20, 30, 3), (40, 40, 160), np.uint8)
    names = ("west", "north", "diffuse", "diffuse.a", "diffuse.b")
    seen = evidence(view(west=GREY, north=GREY, diffuse=reddish), names)
    assert seen.shape == (20, 30, 5)
    assert (seen[..., 3] > 150).all(), "red lies high on a"
    assert (evidence(view(west=GREY, north=GREY, diffuse=np.dstack([GREY] * 3)), names)[..., 3:] == 128).all()


def test_a_grey_light_has_no_chroma(view):
    with pytest.raises(StepError, match=r"west\.a wants a colour of a light whose frames are grey"):
        evidence(view(west=GREY, north=GREY, diffuse=COLOUR), ("west", "north", "diffuse", "west.a"))


def test_a_part_of_a_view_is_stacked_as_the_whole_is(view):
    names, whole = ("west", "north", "diffuse", "diffuse.b"), view(west=GREY, north=GREY, diffuse=COLOUR)
    assert np.array_equal(stacked(whole.planes, names, (4, 3, 10, 8)), evidence(whole, names)[3:11, 4:14])
